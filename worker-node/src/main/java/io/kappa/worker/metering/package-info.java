/** What invocations on this machine have used, on its way to Kafka. The door is {@code UseRecords}. */
@NullMarked
package io.kappa.worker.metering;

import org.jspecify.annotations.NullMarked;
