@org.jspecify.annotations.NullMarked
package io.kappa.mapper.shard;
