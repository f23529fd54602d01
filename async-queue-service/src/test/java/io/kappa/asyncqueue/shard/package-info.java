@NullMarked
package io.kappa.asyncqueue.shard;

import org.jspecify.annotations.NullMarked;
