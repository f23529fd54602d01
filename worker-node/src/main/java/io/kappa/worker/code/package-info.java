/** Deployment packages on this machine's disk, read and unpacked once. The door is {@code CodeCache}. */
@NullMarked
package io.kappa.worker.code;

import org.jspecify.annotations.NullMarked;
