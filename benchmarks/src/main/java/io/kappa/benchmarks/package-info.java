/** Measures Kappa against the floor: the same runtimes behind the least server that can feed them. The door is {@code Benchmarks}. */
@NullMarked
package io.kappa.benchmarks;

import org.jspecify.annotations.NullMarked;
