"""Signs in again and again for Schemathesis: what it tries ends sessions, its own among them."""

import os

import requests
import schemathesis

REFRESH_SECONDS = 10


@schemathesis.auth(refresh_interval=REFRESH_SECONDS)
class SignedIn:
    def get(self, case, context):
        account = {"email": os.environ["SOUK_FUZZ_EMAIL"], "password": os.environ["SOUK_FUZZ_PASSWORD"]}
        answer = requests.post(os.environ["SOUK_FUZZ_URL"] + "/auth/login", json=account, timeout=30)
        answer.raise_for_status()
        return answer.json()["accessToken"]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
