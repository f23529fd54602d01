package io.kappa.kit.lifecycle;

import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementApi;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * What a process gives each service that it runs.
 *
 * @param lifecycle closes what the service starts
 * @param health told by the service when it can work
 * @param management where the service mounts what operators ask of it
 */
public record ServiceContext(
        Vertx vertx,
        Lifecycle lifecycle,
        MeterRegistry metrics,
        Health health,
        ManagementApi management,
        Clock clock) {}
