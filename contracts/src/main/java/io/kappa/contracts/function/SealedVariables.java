package io.kappa.contracts.function;

/**
 * Environment variables of a function, encrypted under a data key of their own, which in turn is encrypted under a key that stays outside of
 * all records. Only the function that they were sealed for can have them opened.
 *
 * @param keyId names the key that the data key is encrypted under
 * @param dataKey encrypted, in base64
 * @param variables encrypted, in base64
 */
public record SealedVariables(String keyId, String dataKey, String variables) {}
