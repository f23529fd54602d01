/**
 * Lines and events of an environment on their way to the extensions that have subscribed to them. The door is {@code TelemetryStream};
 * {@code Subscriptions} reads what extensions ask for.
 */
@NullMarked
package io.kappa.worker.telemetry;

import org.jspecify.annotations.NullMarked;
