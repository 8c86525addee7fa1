"""The primitives, from libraries that share no code with the Rust side; HPKE's key schedule from RFC 9180 by hand."""

import hashlib
import hmac

import argon2.low_level
import nacl.bindings
import nacl.exceptions
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from wire import Refused, check, fields

MIB = 1 << 20

def sha256(data):
    return hashlib.sha256(data).digest()

def hkdf(salt, secret, info):
    return HKDF(SHA256(), 32, salt, info).derive(secret)

def argon2id(passcode, salt, m_kib, t, p):
    kind = argon2.low_level.Type.ID
    return argon2.low_level.hash_secret_raw(passcode, salt, t, m_kib, p, 32, kind, version=0x13)

def xchacha_open(key, sealed, associated):
    check(len(sealed) >= 40, "cut off")
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[24:], associated, sealed[:24], key)
    except nacl.exceptions.CryptoError:
        raise Refused("does not open") from None

def one_frame(data, most=MIB):
    """The content of exactly one zstd frame, whose header bounds what is unpacked."""
    check(data[:4] == b"\x28\xb5\x2f\xfd", "not a frame")
    try:
        header, size = zstandard.get_frame_parameters(data), zstandard.frame_content_size(data)
        check(0 <= size <= most and header.window_size <= 8 * MIB and header.dict_id == 0, "a frame's limits")
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        plain = unpacker.decompress(data)
    except zstandard.ZstdError:
        raise Refused("a broken frame") from None
    check(unpacker.eof and not unpacker.unused_data and len(plain) == size, "not one frame")
    return plain

def verify(public, label, signature, *parts):
    """Strict: the key canonical and in the subgroup of prime order; libsodium refuses S >= L, an R of small order or of
    another spelling, and takes no cofactor."""
    check(nacl.bindings.crypto_core_ed25519_is_valid_point(public), "an Ed25519 key")
    verified(public, signature, fields(b"mykarte-package/1 " + label, *parts))

def verified(public, signature, message):
    try:
        return nacl.bindings.crypto_sign_open(signature + message, public)
    except nacl.exceptions.CryptoError:
        raise Refused("an Ed25519 signature") from None

def x25519(private, public):
    check(int.from_bytes(public, "little") < 2**255 - 19, "an X25519 key")
    try:
        return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Refused("an X25519 key") from None

def x25519_public(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

class Hpke:
    """RFC 9180, base mode, the receiver: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305."""

    def __init__(self, private, encapsulated, info):
        kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x03"
        prk = extract(kem, b"", b"eae_prk", x25519(private, encapsulated))
        shared = expand(kem, prk, b"shared_secret", encapsulated + x25519_public(private), 32)
        context = b"\x00" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
        secret = extract(suite, shared, b"secret", b"")
        self.aead = ChaCha20Poly1305(expand(suite, secret, b"key", context, 32))
        self.nonce, self.count = int.from_bytes(expand(suite, secret, b"base_nonce", context, 12), "big"), 0

    def open(self, associated, sealed):
        nonce = (self.nonce ^ self.count).to_bytes(12, "big")
        self.count += 1
        try:
            return self.aead.decrypt(nonce, sealed, associated)
        except InvalidTag:
            raise Refused("a chunk does not open") from None

def extract(suite, salt, label, secret):
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")

def expand(suite, prk, label, info, length):
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labelled).derive(prk)
