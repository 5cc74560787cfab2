"""What people had saved in the sample project: funnels, cohorts and the like, as definitions.

Computing what they say is the business of `reports` and of the definitions' own rules; answering a call with
it is that of `endpoints`.
"""
