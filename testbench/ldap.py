"""A real LDAP server: OpenLDAP's slapd, with the people of the bench, and Dex's connector to it.

The connector's settings are those of deployKF's guide on external identity
providers: people sign in by their ``uid``, and groups are found by member.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import BenchError
from .options import Connector, User
from .process import Child

SUFFIX = "dc=example,dc=com"
_ADMIN = f"cn=admin,{SUFFIX}"
_SCHEMAS = ("core", "cosine", "inetorgperson")
_SCHEMA_FOLDERS = (Path("/etc/ldap/schema"), Path("/etc/openldap/schema"), Path("/usr/local/etc/openldap/schema"))
_MODULE_FOLDERS = (Path("/usr/lib/ldap"), Path("/usr/lib/openldap"), Path("/usr/lib64/openldap"))


def find_slapd() -> Path:
    """The server's program.

    Raises
    ------
    BenchError
        There is none; the message says how to get it.
    """
    named = os.environ.get("SLAPD")
    found = named or shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/libexec")
    if not found or not Path(found).is_file():
        raise BenchError(
            "There is no LDAP server here. Debian: apt-get install slapd; else name OpenLDAP's slapd by SLAPD=…"
        )
    return Path(found)


def make_ldap(users: Sequence[User], port: int, folder: Path, secret: str) -> Child:
    """The server as a child process that is not started yet, its people loaded.

    Parameters
    ----------
    users
        Those without a place in Dex's own database: their namespaces are their groups.
    port
        Where it listens on loopback.
    folder
        For its configuration, database and log.
    secret
        The password that Dex binds with.

    Raises
    ------
    BenchError
        There is no server to start, or it does not take its configuration.
    """
    program = find_slapd()
    data = folder / "ldap"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    config, people = data / "slapd.conf", data / "people.ldif"
    config.touch(mode=0o600)
    config.write_text(_configuration(data, secret))
    people.touch(mode=0o600)
    people.write_text(_ldif(users))
    loaded = subprocess.run(
        [program, "-T", "add", "-f", config, "-l", people],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if loaded.returncode != 0:
        raise BenchError(f"The LDAP server does not take its people:\n{loaded.stderr[-2000:]}")
    return Child(
        "the LDAP server",
        # -d keeps it in the foreground; 0 is no debugging.
        [program, "-f", config, "-h", f"ldap://127.0.0.1:{port}/", "-d", "0"],
        folder / "ldap.log",
        ready=lambda: _listens(port),
    )


def ldap_connector(port: int, secret: str) -> Connector:
    """Dex's connector to the server."""
    return Connector(
        "ldap",
        "ldap",
        "LDAP",
        {
            "host": f"127.0.0.1:{port}",
            "insecureNoSSL": True,
            "bindDN": _ADMIN,
            "bindPW": secret,
            "usernamePrompt": "User name",
            "userSearch": {
                "baseDN": f"ou=people,{SUFFIX}",
                "filter": "(objectClass=inetOrgPerson)",
                "username": "uid",
                "idAttr": "uid",
                "emailAttr": "mail",
                "nameAttr": "cn",
            },
            "groupSearch": {
                "baseDN": f"ou=groups,{SUFFIX}",
                "filter": "(objectClass=groupOfNames)",
                "userMatchers": [{"userAttr": "DN", "groupAttr": "member"}],
                "nameAttr": "cn",
            },
        },
    )


def _configuration(data: Path, secret: str) -> str:
    schemas = _first(_SCHEMA_FOLDERS, "core.schema", "schemas")
    modules = next((folder for folder in _MODULE_FOLDERS if list(folder.glob("back_mdb*"))), None)
    database = data / "database"
    database.mkdir(mode=0o700)
    lines = [
        *(f"include {schemas / name}.schema" for name in _SCHEMAS),
        f"pidfile {data / 'slapd.pid'}",
        f"argsfile {data / 'slapd.args'}",
        # Some distributions build the backend in.
        *([f"modulepath {modules}", "moduleload back_mdb"] if modules else []),
        "database mdb",
        f'suffix "{SUFFIX}"',
        f'rootdn "{_ADMIN}"',
        f"rootpw {secret}",
        f"directory {database}",
    ]
    return "\n".join(lines) + "\n"


def _first(folders: Sequence[Path], name: str, what: str) -> Path:
    for folder in folders:
        if (folder / name).exists():
            return folder
    raise BenchError(f"The LDAP server's {what} are in none of {', '.join(map(str, folders))}.")


def _ldif(users: Sequence[User]) -> str:
    groups = sorted({namespace for user in users for namespace in user.namespaces})
    entries = [
        f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example",
        *(f"dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}" for unit in ("people", "groups")),
        *(
            f"dn: {_dn(user)}\nobjectClass: inetOrgPerson\nuid: {user.name}\ncn: {user.name}\nsn: {user.name}\n"
            f"mail: {user.email}\nuserPassword: {user.password}"
            for user in users
        ),
        *(
            f"dn: cn={group},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: {group}\n"
            + "\n".join(f"member: {_dn(user)}" for user in users if group in user.namespaces)
            for group in groups
        ),
    ]
    return "\n\n".join(entries) + "\n"


def _dn(user: User) -> str:
    return f"uid={user.name},ou=people,{SUFFIX}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False  # not there yet is the answer that was asked for
    return True
