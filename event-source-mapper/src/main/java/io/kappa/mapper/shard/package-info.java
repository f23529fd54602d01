/**
 * The rules by which the records of one shard become batches and are settled: pure, with records and time coming in from outside. The door is
 * {@code Shard}.
 */
@NullMarked
package io.kappa.mapper.shard;

import org.jspecify.annotations.NullMarked;
