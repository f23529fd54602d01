/** Where shards stood, kept on Kappa's own cluster: what a consumer group cannot remember. The door is {@code Checkpoints}. */
@NullMarked
package io.kappa.mapper.checkpoint;

import org.jspecify.annotations.NullMarked;
