/** Tests of standard queues, without a cluster and with one. */
@NullMarked
package io.kappa.mapper.queue;

import org.jspecify.annotations.NullMarked;
