package io.kappa.access.encryption;

import javax.crypto.SecretKey;

/**
 * Holds the keys that data keys are encrypted under, and never gives them away: a file of this machine's, or a key management service. Any
 * thread may call; a call may take as long as it takes to ask somebody.
 */
public interface KeyProvider {

    /**
     * A data key, as it is and encrypted.
     *
     * @param keyId names the key that it is encrypted under
     * @param encrypted as text, such as base64
     */
    record DataKey(String keyId, SecretKey plain, String encrypted) {}

    /**
     * Makes a data key for AES-256, encrypted under the current key.
     *
     * @param context what it is for: it can be decrypted for the same alone
     */
    DataKey generate(String context);

    /**
     * @param keyId that the data key came with
     * @throws SealedException where there is no such key, or the data key is not one that was made under it for that context
     */
    SecretKey decrypt(String keyId, String encrypted, String context);
}
