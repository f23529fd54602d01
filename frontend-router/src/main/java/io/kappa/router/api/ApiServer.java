package io.kappa.router.api;

import io.kappa.router.api.function.CodeLinks;
import io.kappa.router.api.function.FunctionEndpoints;
import io.kappa.router.api.layer.LayerEndpoints;
import io.kappa.router.api.mapping.MappingEndpoints;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.tag.TagEndpoints;
import io.kappa.router.api.url.FunctionUrlConfigs;
import io.kappa.router.api.url.UrlAddresses;
import io.kappa.router.autoscaling.api.AutoScalingApi;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.logs.api.LogsApi;
import io.kappa.router.registry.Registry;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda HTTP API on a port, served by several event loops. Signatures of requests are taken and not verified: whoever reaches the port
 * may call, so it belongs on a network that only friends reach.
 */
public final class ApiServer implements AutoCloseable {
    private final Vertx vertx;
    private final ApiSettings settings;
    private final ApiParts parts;
    private final Clock clock;
    private final CodeLinks links;
    private final MemoryBudget budget;
    private final ApiMetrics metrics;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ControlHandler control;
    private final AutoScalingApi autoScaling;
    private @Nullable String deployment;
    private int port;

    private ApiServer(Vertx vertx, ApiSettings settings, ApiParts parts, MeterRegistry meters, Clock clock) {
        this.vertx = vertx;
        this.settings = settings;
        this.parts = parts;
        this.clock = clock;
        this.links = new CodeLinks(secret(settings), parts.registry(), clock);
        this.budget = new MemoryBudget(settings.bufferMegabytes() * 1024L * 1024L);
        this.metrics = new ApiMetrics(meters, budget);
        this.control = new ControlHandler(endpoints(), threads, settings.publicUrl());
        this.autoScaling = new AutoScalingApi(settings.home(), parts.registry(), clock);
    }

    private Map<Operation, Endpoint> endpoints() {
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.putAll(FunctionEndpoints.of(
                settings.home(),
                parts.registry(),
                parts.workers(),
                parts.provisioned(),
                links,
                parts.admission().quotas(),
                parts.variables(),
                parts.intake(),
                parts.objects(),
                parts.images()));
        endpoints.putAll(LayerEndpoints.of(settings.home(), parts.registry(), links, parts.intake()));
        endpoints.putAll(FunctionUrlConfigs.endpoints(
                settings.home(), parts.registry(), new UrlAddresses(settings.urlTemplate())));
        endpoints.putAll(
                MappingEndpoints.of(settings.home(), parts.registry(), parts.sources(), parts.objects(), clock));
        endpoints.putAll(TagEndpoints.of(settings.home(), parts.registry()));
        return endpoints;
    }

    /** Starts serving. Returns once the port is open. */
    public static ApiServer start(
            Vertx vertx, ApiSettings settings, ApiParts parts, MeterRegistry meters, Clock clock) {
        var server = new ApiServer(vertx, settings, parts, meters, clock);
        try {
            server.open();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void open() {
        try {
            deploy();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "the Lambda API cannot listen at " + settings.host() + ":" + settings.port(), e.getCause());
        }
    }

    private void deploy() {
        var loops = new ConcurrentLinkedQueue<ApiLoop>();
        deployment = await(vertx.deployVerticle(
                () -> {
                    var loop = new ApiLoop(this);
                    loops.add(loop);
                    return loop;
                },
                new DeploymentOptions().setInstances(settings.eventLoops())));
        port = loops.element().actualPort();
    }

    private static byte[] secret(ApiSettings settings) {
        return settings.codeLinkSecret()
                .map(secret -> secret.value().getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> {
                    var random = new byte[32];
                    new SecureRandom().nextBytes(random);
                    return random;
                });
    }

    /** The port that is open, which is a free one where the settings ask for any. */
    public int port() {
        return port;
    }

    /** Takes no more requests, lets running ones end within the time that the settings give them, and then breaks off the rest. */
    @Override
    public void close() {
        if (deployment != null) {
            await(vertx.undeploy(deployment));
            deployment = null;
        }
        threads.shutdownNow();
        try {
            threads.awaitTermination(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    Dispatcher.Lane lane(Vertx loop) {
        return parts.dispatcher().lane(loop);
    }

    InvocationRuns runs(Dispatcher.Lane lane, Context context) {
        return new InvocationRuns(parts, lane, context);
    }

    InvokeHandler invokeHandler(InvocationRuns runs, Dispatcher.Lane lane, Context context) {
        var events = new EventAcceptance(parts.events(), context, metrics);
        return new InvokeHandler(settings, parts, runs, lane, events, threads, context, clock);
    }

    FunctionUrlHandler urlHandler(InvocationRuns runs, Context context) {
        return new FunctionUrlHandler(settings.home(), parts.registry(), runs, threads, context, clock);
    }

    ApiSettings settings() {
        return settings;
    }

    ControlHandler control() {
        return control;
    }

    AutoScalingApi autoScaling() {
        return autoScaling;
    }

    Registry registry() {
        return parts.registry();
    }

    LogsApi logs() {
        return parts.logs();
    }

    CodeLinks links() {
        return links;
    }

    MemoryBudget budget() {
        return budget;
    }

    ApiMetrics metrics() {
        return metrics;
    }
}
