"""Objects saved in the sample project: annotations, cohorts, funnels, Insights reports and the Lexicon."""
