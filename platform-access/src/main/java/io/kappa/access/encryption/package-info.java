/**
 * Encryption of what the platform keeps in topics and must not be read there: environment variables of functions. The doors are
 * {@code VariablesCipher} and, for where keys come from, {@code KeyProvider}.
 */
@NullMarked
package io.kappa.access.encryption;

import org.jspecify.annotations.NullMarked;
