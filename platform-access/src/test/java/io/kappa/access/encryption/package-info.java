@NullMarked
package io.kappa.access.encryption;

import org.jspecify.annotations.NullMarked;
