/** Every topic that Kappa owns, in one list. */
@NullMarked
package io.kappa.contracts.topic;

import org.jspecify.annotations.NullMarked;
