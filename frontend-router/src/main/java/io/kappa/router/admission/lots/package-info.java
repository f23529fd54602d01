/**
 * How many routers share limits of concurrency without ever exceeding them: one owner deals out tokens in lots, and routers admit from
 * what they hold. The doors are {@code LotOwner} and {@code LotHolder}; neither does I/O, reads a clock or is safe for threads.
 */
@NullMarked
package io.kappa.router.admission.lots;

import org.jspecify.annotations.NullMarked;
