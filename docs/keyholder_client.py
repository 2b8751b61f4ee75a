#!/usr/bin/env python3
"""A second implementation of the node's side of docs/keyholder-protocol.md: enrols, mints, leases, and checks what it is given.

    cofferdam-keyholder enrol --node check
    python3 keyholder_client.py CODE --node check

It shares no code with the first, and nothing but the page that describes the protocol. A ledger of its own is trusted for a compartment
of its own, so use a keyholder that is there to be tried. Needs Python 3.10 and the package `cryptography`.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import struct
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

SERVER = "cofferdam-keyholder"


def b64(data):
    return base64.b64encode(data).decode()


def read_code(text):
    """Section 2: id, secret, hash of the authority, address."""
    assert text.startswith("cfk1_")
    body = text[5:]
    data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    data, check = data[:-4], data[-4:]
    assert hashlib.sha256(data).digest()[:4] == check, "the code is not whole"
    return data[:4].hex(), data[4:20], data[20:52], data[52:].decode()


def authority_of(address, wanted):
    """The last certificate of the server's chain, if it has the hash of the code."""
    host, port = address.rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host.strip("[]"), int(port))) as plain:
        with context.wrap_socket(plain, server_hostname=SERVER) as stream:
            chain = stream._sslobj.get_unverified_chain()
            ders = [ssl.PEM_cert_to_DER_cert(found.public_bytes()) for found in chain]
    found = [der for der in ders if hashlib.sha256(der).digest() == wanted]
    assert found, "this is another keyholder than the code's"
    return found[0]


class Node:
    """A connection's two sides: whom it trusts, and what it shows."""

    def __init__(self, address, authority, certificate=None, key=None):
        self.address = address
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_verify_locations(cadata=authority)
        if certificate:
            pem = ssl.DER_cert_to_PEM_cert(certificate).encode() + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with tempfile.NamedTemporaryFile() as file:
                file.write(pem)
                file.flush()
                self.context.load_cert_chain(file.name)

    def ask(self, path, body, method="POST"):
        host, port = self.address.rsplit(":", 1)
        connection = http.client.HTTPSConnection(SERVER, int(port), context=self.context, timeout=20)
        plain = socket.create_connection((host.strip("[]"), int(port)), 20)
        connection.sock = self.context.wrap_socket(plain, server_hostname=SERVER)
        connection.request(method, path, body)
        answer = connection.getresponse()
        status, data = answer.status, answer.read()
        connection.close()
        return status, data


def new_key():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ignored")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return key, b64(request.public_bytes(serialization.Encoding.DER))


class Ledger:
    """A ledger of C2SP signed notes and RFC 6962 trees, as far as it is needed."""

    def __init__(self, origin):
        self.origin, self.key, self.leaves = origin, ed25519.Ed25519PrivateKey.generate(), []
        public = self.key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
        material = b64(b"\x01" + public)
        self.vkey = f"{origin}+{self.id.hex()}+{material}"

    def append(self, entry):
        self.leaves.append(hashlib.sha256(b"\0" + entry).digest())

    def root(self, leaves):
        if len(leaves) == 1:
            return leaves[0]
        at = 1 << ((len(leaves) - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + self.root(leaves[:at]) + self.root(leaves[at:])).digest()

    def proof(self, old, leaves=None, whole=True):
        leaves = self.leaves if leaves is None else leaves
        if old == len(leaves):
            return [] if whole else [self.root(leaves)]
        at = 1 << ((len(leaves) - 1).bit_length() - 1)
        if old <= at:
            return self.proof(old, leaves[:at], whole) + [self.root(leaves[at:])]
        return self.proof(old - at, leaves[at:], False) + [self.root(leaves[:at])]

    def checkpoint(self):
        text = f"{self.origin}\n{len(self.leaves)}\n{b64(self.root(self.leaves))}\n"
        return text, f"{text}\n\u2014 {self.origin} {b64(self.id + self.key.sign(text.encode()))}\n"


def check_cosignature(vkey, line, text):
    """c2sp.org/tlog-cosignature, v1."""
    name, key_id, key = vkey.split("+", 2)
    public = base64.b64decode(key)
    assert public[0] == 4
    dash, signer, signature = line.strip().split(" ")
    data = base64.b64decode(signature)
    assert (dash, signer, data[:4].hex()) == ("\u2014", name, key_id)
    (when,) = struct.unpack(">Q", data[4:12])
    message = f"cosignature/v1\ntime {when}\n{text}".encode()
    ed25519.Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[12:], message)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("code")
    arguments.add_argument("--node", required=True)
    given = arguments.parse_args()
    code, secret, wanted, address = read_code(given.code)
    authority = authority_of(address, wanted)
    stranger = Node(address, authority)

    compartment, project, epoch = (os.urandom(16).hex() for _ in range(3))
    ledger = Ledger(f"check.example/{compartment[:8]}")
    ledger.append(b"first")
    key, csr = new_key()
    enrol = {"code": code, "secret": b64(secret), "node": given.node, "csr": csr}
    enrol["ledgers"] = [{"compartment": compartment, "vkey": ledger.vkey}]
    status, data = stranger.ask("/v1/enrol", json.dumps(enrol))
    assert status == 200, data
    enrolled = json.loads(data)
    node = Node(address, authority, base64.b64decode(enrolled["certificate"]["der"]), key)
    token = enrolled["token"]
    print("enrolled")

    def call(path, body, expect=200):
        nonlocal token
        text = json.dumps({"token": token, "request": os.urandom(16).hex(), "body": body})
        status, data = node.ask(path, text)
        assert status == expect, (status, data)
        assert (status, data) == node.ask(path, text), "a retry is answered alike"
        answer = json.loads(data)
        token = answer["token"] or token
        return answer.get("ok") or answer["error"]

    status, data = node.ask("/v1/status", "")
    assert status == 200 and json.loads(data)["protocol"] == 1, data
    ids = {"compartment": compartment, "project": project, "epoch": epoch}
    wrapped = call("/v1/mint", {**ids, "before": "nothing"})
    print("minted")

    def lease(**more):
        body = {**ids, "wrapped": wrapped, "reason": "work", "node": given.node}
        return {**body, "checkpoint": ledger.checkpoint()[1], "now_micros": time.time_ns() // 1000, **more}

    leased = call("/v1/lease", {"lease": lease()})
    check_cosignature(enrolled["witness"], leased["cosignature"], ledger.checkpoint()[0])
    assert len(base64.b64decode(leased["grant"]["key"])) == 32
    print(f"leased, entry {leased['entry']}; the cosignature verifies")
    for n in range(6):
        ledger.append(b"%d" % n)
    assert call("/v1/lease", {"lease": lease()}, 409) == {"error": "behind", "size": 1}
    proof = {"old": 1, "hashes": [b64(found) for found in ledger.proof(1)]}
    again = call("/v1/lease", {"lease": lease(), "proof": proof})
    assert again["grant"]["key"] == leased["grant"]["key"]
    assert call("/v1/lease", {"lease": lease(epoch="00" * 16)}, 422)["error"] == "tampered"
    ledger.append(b"more")
    lines = "".join(b64(found) + "\n" for found in ledger.proof(7))
    status, data = node.ask("/v1/witness/add-checkpoint", f"old 7\n{lines}\n{ledger.checkpoint()[1]}".encode())
    assert status == 200, (status, data)
    check_cosignature(enrolled["witness"], data.decode(), ledger.checkpoint()[0])
    key, csr = new_key()
    renewed = call("/v1/certificate", {"csr": csr})
    node = Node(address, authority, base64.b64decode(renewed["der"]), key)
    assert node.ask("/v1/status", "")[0] == 200
    assert stranger.ask("/v1/status", "")[0] == 401
    print("witnessed, refused and renewed as the document says")


if __name__ == "__main__":
    main()
