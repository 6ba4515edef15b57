"""A service account that nobody else has."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.push.fcm.notifications import PROJECT

__all__ = ["account"]


def account(token_uri: str) -> dict[str, str]:
    """Return a service account's key, as the Firebase console gives it."""
    key = rsa.generate_private_key(65537, 2048)
    return {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "k1",
        "private_key": key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode(),
        "client_email": f"push@{PROJECT}.iam.gserviceaccount.com",
        "token_uri": token_uri,
    }
