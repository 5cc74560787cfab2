"""The made-up credentials a sandbox accepts, one for each of Mixpanel's schemes.

See `http.authentication` for how they are checked.
"""

from __future__ import annotations

import secrets
from typing import Literal

from attrs import field, frozen

from mixpanel_export.auth import OAuthTokenAuth, SecretAuth, ServiceAccountAuth, SignatureAuth

__all__ = ["SandboxCredentials", "Scheme"]

Scheme = Literal["service_account", "oauth_token", "project_secret", "signature"]

_REDACTED = "[redacted]"


@frozen
class SandboxCredentials:
    """Credentials a sandbox accepts. The defaults never change, so recordings stay stable.

    Attributes:
        username: the service account's name.
        secret: the service account's secret.
        oauth_token: an access token.
        api_key: the project's API key, for request signatures.
        api_secret: the project secret, used to sign requests and as a credential by itself.
        project_token: the project's token, which privacy requests name.
        project_id: the only project.
        workspace_id: the only workspace of the project.
    """

    username: str = "sandbox.5a4db0.mp-service-account"
    secret: str = field(default="not-a-real-secret-service-account", repr=False)
    oauth_token: str = field(default="not-a-real-secret-oauth-token", repr=False)
    api_key: str = field(default="not-a-real-secret-api-key", repr=False)
    api_secret: str = field(default="not-a-real-secret-project", repr=False)
    project_token: str = "sandbox-project-token"
    project_id: int = 1234567
    workspace_id: int = 7654321

    @classmethod
    def random(cls) -> SandboxCredentials:
        """Return credentials that nobody can guess, for a sandbox that serves a user's own events."""
        return cls(
            secret=secrets.token_urlsafe(24),
            oauth_token=secrets.token_urlsafe(24),
            api_key=secrets.token_hex(16),
            api_secret=secrets.token_hex(16),
        )

    def service_account(self) -> ServiceAccountAuth:
        """Return the service account, the scheme Mixpanel recommends."""
        return ServiceAccountAuth(self.username, self.secret)

    def oauth(self) -> OAuthTokenAuth:
        """Return the access token."""
        return OAuthTokenAuth(self.oauth_token)

    def project_secret(self) -> SecretAuth:
        """Return the project secret, with its usual `DeprecationWarning`."""
        return SecretAuth(self.api_secret)

    def signature(self, expires_in: int = 600) -> SignatureAuth:
        """Return an auth that signs requests; each signature is valid for `expires_in` seconds."""
        return SignatureAuth(self.api_key, self.api_secret, expires_in)

    def environment(self, url: str, scheme: Scheme = "service_account") -> dict[str, str]:
        """Return the environment variables that point a client at the sandbox at `url`.

        Only one scheme's credentials are set, because a client could not choose between several.
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
        """Return `text` with these secrets replaced, for anything the sandbox echoes."""
        given = (self.secret, self.oauth_token, self.api_key, self.api_secret)
        for secret in sorted(given, key=len, reverse=True):
            text = text.replace(secret, _REDACTED)
        return text
