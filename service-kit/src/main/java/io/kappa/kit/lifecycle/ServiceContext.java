package io.kappa.kit.lifecycle;

import io.kappa.kit.management.Health;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * What a process gives each service that it runs.
 *
 * @param lifecycle closes what the service starts
 * @param health told by the service when it can work
 */
public record ServiceContext(Vertx vertx, Lifecycle lifecycle, MeterRegistry metrics, Health health, Clock clock) {}
