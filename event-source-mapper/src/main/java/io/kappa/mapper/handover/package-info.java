/** What becomes of records that have been given up: what a destination is told, and dead letters. The door is {@code FailureRecords}. */
@NullMarked
package io.kappa.mapper.handover;

import org.jspecify.annotations.NullMarked;
