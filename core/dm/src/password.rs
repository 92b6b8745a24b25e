//! Passwords as DM's files hold them: plain, or encrypted by `dmctl encrypt`.
//!
//! The format, of DM's `dm/pkg/encrypt`: base64 of the IV (16 bytes), `@`, and the text under AES-256-CFB.

use aes::Aes256;
use base64::{Engine, prelude::BASE64_STANDARD};
use cfb_mode::cipher::{AsyncStreamCipher, KeyIvInit};

const IV_BYTES: usize = 16;
const KEY_BYTES: usize = 32;
const SEPARATOR: u8 = b'@';

/// The key that was built into DM before `secret-key-path` came.
const BUILT_IN: [u8; KEY_BYTES] = [
    0xa5, 0x29, 0xb7, 0x66, 0x59, 0x97, 0xf0, 0x43, 0xa3, 0x0a, 0xc8, 0xfa, 0xdc, 0xb5, 0x1d, 0x6a, 0xa0,
    0x32, 0xc2, 0x26, 0xab, 0x5b, 0x77, 0x50, 0x53, 0x0b, 0x12, 0xb8, 0xc1, 0xa1, 0x6a, 0x48,
];

/// A key that passwords are encrypted with. It is never printed.
#[derive(Clone)]
pub struct SecretKey([u8; KEY_BYTES]);

/// What is wrong with a password or its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The key is not one.
    #[error("a secret key is 64 hexadecimal digits")]
    NotAKey,
    /// It is not of the form of an encrypted password.
    #[error("this is no encrypted password: those are base64 of 16 bytes, `@` and the password's")]
    NotEncrypted,
    /// It is of that form, and the key does not fit.
    #[error("the password looks encrypted, and does not decrypt to text with the key")]
    WrongKey,
    /// The system has no random bytes.
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// The default is the key that was built into DM before keys could be set.
impl Default for SecretKey {
    fn default() -> Self {
        Self(BUILT_IN)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

impl std::str::FromStr for SecretKey {
    type Err = PasswordError;

    /// Reads the text of a `secret-key-path` file.
    fn from_str(text: &str) -> Result<Self, PasswordError> {
        let digits: Option<Vec<u32>> = text.trim().chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.ok_or(PasswordError::NotAKey)?;
        let mut bytes = [0; KEY_BYTES];
        if digits.len() != 2 * KEY_BYTES {
            return Err(PasswordError::NotAKey);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let value = pair.iter().fold(0, |value, digit| value * 16 + digit);
            *byte = u8::try_from(value).map_err(|_| PasswordError::NotAKey)?;
        }
        Ok(Self(bytes))
    }
}

/// Encrypts a password as `dmctl encrypt` does; each time to another text.
///
/// # Errors
/// If the system gives no random bytes.
pub fn encrypt(password: &str, key: &SecretKey) -> Result<String, PasswordError> {
    let mut iv = [0; IV_BYTES];
    getrandom::fill(&mut iv).map_err(|_| PasswordError::NoRandom)?;
    let mut hidden = password.as_bytes().to_vec();
    cfb_mode::Encryptor::<Aes256>::new(&key.0.into(), &iv.into()).encrypt(&mut hidden);
    let bytes: Vec<u8> = iv.into_iter().chain([SEPARATOR]).chain(hidden).collect();
    Ok(BASE64_STANDARD.encode(bytes))
}

/// Decrypts what `dmctl encrypt` printed.
///
/// # Errors
/// If it is not of that form, or the key does not fit.
pub fn decrypt(text: &str, key: &SecretKey) -> Result<String, PasswordError> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| PasswordError::NotEncrypted)?;
    let (iv, rest) = bytes.split_at_checked(IV_BYTES).ok_or(PasswordError::NotEncrypted)?;
    let iv: [u8; IV_BYTES] = iv.try_into().map_err(|_| PasswordError::NotEncrypted)?;
    let Some((&SEPARATOR, hidden)) = rest.split_first() else {
        return Err(PasswordError::NotEncrypted);
    };
    let mut password = hidden.to_vec();
    cfb_mode::Decryptor::<Aes256>::new(&key.0.into(), &iv.into()).decrypt(&mut password);
    // With a wrong key a short password may come out as text by chance, but hardly as text that can be typed.
    let typed = String::from_utf8(password).ok().filter(|text| !text.contains(char::is_control));
    typed.ok_or(PasswordError::WrongKey)
}

/// Returns the password that a file means: what it decrypts to, or the text itself if it is not encrypted.
pub(crate) fn meant(text: &str, keys: &[SecretKey]) -> Result<String, PasswordError> {
    let mut wrong = None;
    for key in keys {
        match decrypt(text, key) {
            Ok(password) => return Ok(password),
            Err(PasswordError::NotEncrypted) => return Ok(text.to_owned()),
            Err(error) => wrong = Some(error),
        }
    }
    wrong.map_or_else(|| Ok(text.to_owned()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of DM's documents; the password is `123456`.
    const DOCUMENTED: &str = "OiG90CGm3CEbXan6ZSd/SUAsofxJAZo=";

    #[test]
    fn what_dmctl_encrypted_is_read() {
        assert_eq!(decrypt(DOCUMENTED, &SecretKey::default()).unwrap(), "123456");
    }

    #[test]
    fn what_is_encrypted_decrypts_and_is_another_text_each_time() {
        let key: SecretKey = "0123456789abcdef".repeat(4).parse().unwrap();
        for password in ["", "x", "a longer password than one block of the cipher, with ß"] {
            let (one, other) = (encrypt(password, &key).unwrap(), encrypt(password, &key).unwrap());
            assert_ne!(one, other);
            assert_eq!(decrypt(&one, &key).unwrap(), password);
            assert_eq!(decrypt(&other, &key).unwrap(), password);
        }
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
    }

    #[test]
    fn plain_text_is_taken_as_it_is_and_a_wrong_key_is_told() {
        let built_in = [SecretKey::default()];
        for plain in ["", "secret", "c2VjcmV0", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(meant(plain, &built_in).unwrap(), plain);
        }
        let other: SecretKey = "0123456789abcdef".repeat(4).parse().unwrap();
        let encrypted = encrypt("a password that is long enough to be no text", &other).unwrap();
        assert_eq!(meant(&encrypted, &built_in), Err(PasswordError::WrongKey));
        assert_eq!(meant(DOCUMENTED, &[other, SecretKey::default()]).as_deref(), Ok("123456"));
        assert!(matches!("0123".parse::<SecretKey>(), Err(PasswordError::NotAKey)));
    }
}
