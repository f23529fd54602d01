/** Payloads and responses, read where they are kept. The door is {@code Records}. */
@NullMarked
package io.kappa.asyncqueue.record;

import org.jspecify.annotations.NullMarked;
