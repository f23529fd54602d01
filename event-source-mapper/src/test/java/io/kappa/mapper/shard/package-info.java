@NullMarked
package io.kappa.mapper.shard;

import org.jspecify.annotations.NullMarked;
