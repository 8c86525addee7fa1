package jp.mykarte.core

// The calls that take secrets, with secrets that wipe themselves. The generated ones take any direct ByteBuffer; a heap
// buffer throws there before the library is reached.

/** [createVault] with secrets that wipe themselves. */
fun createVault(path: String, passcode: SecretBytes, installationSecret: SecretBytes): NewVault =
    createVault(path, passcode.bytes, installationSecret.bytes)

/** [Vault.unlock] with secrets that wipe themselves. */
fun Vault.unlock(passcode: SecretBytes, installationSecret: SecretBytes) =
    unlock(passcode.bytes, installationSecret.bytes)

/** [Vault.unlockWithBiometricSecret] with a secret that wipes itself. */
fun Vault.unlockWithBiometricSecret(secret: SecretBytes) = unlockWithBiometricSecret(secret.bytes)

/** [Vault.unlockWithRecoveryCode] with a code that wipes itself. */
fun Vault.unlockWithRecoveryCode(typed: SecretBytes) = unlockWithRecoveryCode(typed.bytes)

/** [Vault.changePasscode] with secrets that wipe themselves. */
fun Vault.changePasscode(passcode: SecretBytes, installationSecret: SecretBytes) =
    changePasscode(passcode.bytes, installationSecret.bytes)

/** [Vault.setBiometricSecret] with a secret that wipes itself. */
fun Vault.setBiometricSecret(secret: SecretBytes) = setBiometricSecret(secret.bytes)

/** [Vault.rekey] with secrets that wipe themselves. */
fun Vault.rekey(passcode: SecretBytes, installationSecret: SecretBytes): RecoveryCode =
    rekey(passcode.bytes, installationSecret.bytes)
