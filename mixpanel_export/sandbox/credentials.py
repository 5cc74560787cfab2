"""The credentials that a sandbox accepts: fixed, made up, and in every form that Mixpanel knows.

Whether a request carries them is `authentication`'s business.
"""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

from mixpanel_export.auth import OAuthTokenAuth, SecretAuth, ServiceAccountAuth, SignatureAuth

__all__ = ["SandboxCredentials", "Scheme"]

Scheme = Literal["service_account", "oauth_token", "project_secret", "signature"]

_REDACTED = "[redacted]"


@frozen
class SandboxCredentials:
    """What one sandbox accepts. The defaults are the same everywhere, so that recordings do not change.

    Attributes:
        username: the service account's name.
        secret: the service account's secret.
        oauth_token: an access token.
        api_key: the project's API key, for request signatures.
        api_secret: the project's secret, for request signatures and as a credential of its own.
        project_id: the one project there is.
        workspace_id: the one workspace that the project has.
    """

    username: str = "sandbox.5a4db0.mp-service-account"
    secret: str = field(default="not-a-real-secret-service-account", repr=False)
    oauth_token: str = field(default="not-a-real-secret-oauth-token", repr=False)
    api_key: str = field(default="not-a-real-secret-api-key", repr=False)
    api_secret: str = field(default="not-a-real-secret-project", repr=False)
    project_id: int = 1234567
    workspace_id: int = 7654321

    def service_account(self) -> ServiceAccountAuth:
        """The service account, which is what Mixpanel recommends."""
        return ServiceAccountAuth(self.username, self.secret)

    def oauth(self) -> OAuthTokenAuth:
        """The access token."""
        return OAuthTokenAuth(self.oauth_token)

    def project_secret(self) -> SecretAuth:
        """The project secret; its `DeprecationWarning` is given as ever."""
        return SecretAuth(self.api_secret)

    def signature(self, expires_in: int = 600) -> SignatureAuth:
        """Request signatures, valid for so many seconds."""
        return SignatureAuth(self.api_key, self.api_secret, expires_in)

    def environment(self, url: str, scheme: Scheme = "service_account") -> dict[str, str]:
        """The environment variables with which a client finds the sandbox at `url`.

        They hold one scheme's credentials only: with several set, which one is meant would be a guess.
        """
        match scheme:
            case "service_account":
                chosen = {
                    "MIXPANEL_SERVICE_ACCOUNT_USERNAME": self.username,
                    "MIXPANEL_SERVICE_ACCOUNT_SECRET": self.secret,
                }
            case "oauth_token":
                chosen = {"MIXPANEL_OAUTH_TOKEN": self.oauth_token}
            case "project_secret":
                chosen = {"MIXPANEL_API_SECRET": self.api_secret}
            case "signature":
                chosen = {
                    "MIXPANEL_API_KEY": self.api_key,
                    "MIXPANEL_API_SECRET": self.api_secret,
                }
        return {**chosen, "MIXPANEL_PROJECT_ID": str(self.project_id), "MIXPANEL_BASE_URL": url}

    def redact(self, text: str) -> str:
        """`text` without any of these secrets, for what the sandbox echoes."""
        secrets = (self.secret, self.oauth_token, self.api_key, self.api_secret)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, _REDACTED)
        return text
