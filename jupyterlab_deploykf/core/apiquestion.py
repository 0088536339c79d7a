"""What the Kubeflow Pipelines API is asked to see whether all is well."""

from __future__ import annotations

from urllib.parse import quote

#: The versions of the API, the newer first: an old platform has the other alone.
VERSIONS = ("v2beta1", "v1beta1")


def question_url(host: str, version: str, namespace: str | None) -> str:
    """A URL to GET: the experiments of a namespace, which not everybody may list, or else the API's health.

    Parameters
    ----------
    host
        The API's base URL, without ``/apis``.
    version
        One of `VERSIONS`.
    namespace
        None where it is not known.
    """
    base = f"{host}/apis/{version}"
    if not namespace:
        return f"{base}/healthz"
    name = quote(namespace, safe="")
    if version == "v1beta1":
        reference = "resource_reference_key"
        return f"{base}/experiments?page_size=1&{reference}.type=NAMESPACE&{reference}.id={name}"
    return f"{base}/experiments?page_size=1&namespace={name}"
