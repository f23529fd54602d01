package io.kappa.mapper.control;

import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.ManagementApi.Answer;
import io.kappa.kit.management.ManagementApi.Request;
import io.kappa.kit.management.ManagementRefusal;
import io.kappa.mapper.mapping.Mappings;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.skip.Skips;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * What operators see of event source mappings and do with them, over HTTP below {@code /v1/event-source-mappings}. Looking is a question to the
 * pollers of this process. Passing over records is a record that whoever reads their shard acts on. Pausing is not here: it is a change of what is
 * configured, which the Lambda API makes.
 */
public final class MappingControl {
    private static final String ROOT = "/v1/event-source-mappings";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Mappings mappings;
    private final RegistryView view;
    private final Skips skips;
    private final Clock clock;

    private MappingControl(Mappings mappings, RegistryView view, Skips skips, Clock clock) {
        this.mappings = mappings;
        this.view = view;
        this.skips = skips;
        this.clock = clock;
    }

    /** Mounts the API on the process's management port. */
    public static void mount(Mappings mappings, RegistryView view, Skips skips, ServiceContext context) {
        var control = new MappingControl(mappings, view, skips, context.clock());
        Route.ALL.forEach(route -> context.management()
                .mount(
                        route.method(),
                        ROOT + route.path(),
                        request -> route.endpoint().answer(control, request)));
    }

    /**
     * A method and a path below the root.
     *
     * @param endpoint what answers it
     */
    record Route(HttpMethod method, String path, Endpoint endpoint) {
        /** Of an instance. */
        interface Endpoint {
            Answer answer(MappingControl control, Request request) throws Exception;
        }

        static final List<Route> ALL = List.of(
                new Route(HttpMethod.GET, "/openapi.json", (_, _) -> description()),
                new Route(HttpMethod.GET, "", (control, _) -> control.list()),
                new Route(HttpMethod.GET, "/:uuid", MappingControl::show),
                new Route(HttpMethod.POST, "/:uuid/skip", MappingControl::skip));
    }

    private static Answer description() throws IOException {
        try (var resource = MappingControl.class.getResourceAsStream("openapi.json")) {
            return Answer.bytes(
                    "application/json",
                    Objects.requireNonNull(resource, "openapi.json").readAllBytes());
        }
    }

    private Answer list() {
        return Answer.ok(new MappingJson.Mappings(view.mappings().stream()
                .map(mapping -> json(mapping, shards(mapping)))
                .toList()));
    }

    private Answer show(Request request) {
        var mapping = required(request);
        var shards = shards(mapping);
        return Answer.ok(json(mapping, shards)
                .with(
                        MappingJson.Shard.all(shards, clock.instant()),
                        skips.of(mapping.id().uuid()).stream()
                                .map(command -> MappingJson.Skip.of(command, null))
                                .toList()));
    }

    private MappingJson.Mapping json(EventSourceMappingRecord mapping, Map<String, ShardView> shards) {
        return MappingJson.Mapping.of(
                mapping, shards, mappings.queue(mapping.id().uuid()));
    }

    private Answer skip(Request request) throws InterruptedException {
        var mapping = required(request);
        var command =
                request.body(AskedSkip.class).command(mapping, UUID.randomUUID().toString(), clock.instant());
        var shard = shards(mapping).get(command.topic() + "-" + command.partition());
        if (shard != null && command.to() <= shard.position()) {
            throw ManagementRefusal.conflict("nothing to pass over: every record of " + command.topic() + "-"
                    + command.partition() + " below offset " + shard.position() + " is settled");
        }
        write(command);
        awaitKnown(command);
        return Answer.accepted(MappingJson.Skip.of(command, shard != null));
    }

    private void write(SkipCommand command) throws InterruptedException {
        try {
            skips.write(command).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ManagementRefusal.unavailable("the command could not be recorded: " + String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw ManagementRefusal.unavailable("Kafka does not say whether the command is recorded; look at the"
                    + " mapping's skips before asking again");
        }
    }

    /** Until whoever asks next is told of it. */
    private void awaitKnown(SkipCommand command) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!skips.of(command.mapping()).contains(command) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private EventSourceMappingRecord required(Request request) {
        var uuid = request.path("uuid").toLowerCase(Locale.ROOT);
        return view.mapping(uuid)
                .orElseThrow(() -> ManagementRefusal.notFound("there is no event source mapping " + uuid));
    }

    private Map<String, ShardView> shards(EventSourceMappingRecord mapping) {
        return mappings.shards(mapping.id().uuid()).orElse(Map.of());
    }
}
