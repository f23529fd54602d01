package io.kappa.asyncqueue.control;

import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.record.Records;
import io.kappa.asyncqueue.schedule.Schedule.Figures;
import io.kappa.asyncqueue.shard.ShardStream;
import io.kappa.asyncqueue.shard.Shards;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.ManagementApi.Answer;
import io.kappa.kit.management.ManagementApi.Request;
import io.kappa.kit.management.ManagementRefusal;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of the queue and do with it, over HTTP below {@code /v1/async-queue}. Looking is a query over this process's shards;
 * doing is a record that every shard acts on, so that it survives whatever happens next and can be looked up afterwards.
 */
public final class QueueControl implements AutoCloseable {
    private static final String ROOT = "/v1/async-queue";

    /** An answer to a search looks at no more events than this, so that it comes soon; the cursor goes on from there. */
    private static final int MOST_LOOKED = 20_000;

    private static final int MOST_ON_A_PAGE = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final ShardStream stream;
    private final Shards shards;
    private final Records records;
    private final ActionLog actions;
    private final Clock clock;

    private QueueControl(ShardStream stream, Shards shards, Records records, ActionLog actions, Clock clock) {
        this.stream = stream;
        this.shards = shards;
        this.records = records;
        this.actions = actions;
        this.clock = clock;
    }

    /** Mounts the API on the process's management port. */
    public static QueueControl mount(
            KafkaSettings kafka,
            int partitions,
            ShardStream stream,
            Shards shards,
            Records records,
            ServiceContext context) {
        var control = new QueueControl(stream, shards, records, new ActionLog(kafka, partitions), context.clock());
        Route.ALL.forEach(route -> context.management()
                .mount(route.method(), ROOT + route.path(), request -> control.answer(route, request)));
        return control;
    }

    /**
     * A method and a path below the root.
     *
     * @param endpoint what answers it
     */
    record Route(HttpMethod method, String path, Endpoint endpoint) {
        /** Of an instance. */
        interface Endpoint {
            Answer answer(QueueControl control, Request request) throws Exception;
        }

        static final List<Route> ALL = List.of(
                new Route(HttpMethod.GET, "/openapi.json", (_, _) -> description()),
                new Route(HttpMethod.GET, "/summary", (control, _) -> control.summary()),
                new Route(HttpMethod.GET, "/queues", (control, _) -> control.queues()),
                new Route(HttpMethod.GET, "/events", QueueControl::events),
                new Route(HttpMethod.GET, "/events/:requestId", QueueControl::event),
                new Route(HttpMethod.GET, "/events/:requestId/payload", QueueControl::payload),
                new Route(HttpMethod.POST, "/actions", QueueControl::act),
                new Route(HttpMethod.GET, "/actions", (control, _) -> control.actions()),
                new Route(HttpMethod.GET, "/actions/:id", QueueControl::action));
    }

    private Answer answer(Route route, Request request) throws Exception {
        try {
            return route.endpoint().answer(this, request);
        } catch (ShardStream.UnavailableException e) {
            throw ManagementRefusal.unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static Answer description() throws IOException {
        try (var resource = QueueControl.class.getResourceAsStream("openapi.json")) {
            return Answer.bytes(
                    "application/json",
                    Objects.requireNonNull(resource, "openapi.json").readAllBytes());
        }
    }

    private Answer summary() {
        var all = shards.figures();
        long now = clock.millis();
        return Answer.ok(new QueueJson.Summary(
                all.stream().mapToLong(shard -> shard.account().accepted()).sum(),
                all.stream().mapToLong(shard -> shard.account().ended()).sum(),
                all.stream().mapToLong(shard -> shard.account().pending()).sum(),
                all.stream().mapToInt(shard -> shard.running()).sum(),
                all.stream().mapToInt(shard -> shard.deliveries()).sum(),
                all.size(),
                all.stream()
                        .flatMap(shard -> shard.queues().stream())
                        .mapToLong(Figures::oldestAccepted)
                        .filter(accepted -> accepted != Long.MAX_VALUE)
                        .mapToObj(accepted -> Math.max(0, now - accepted) / 1000.0)
                        .max(Comparator.naturalOrder())
                        .orElse(0.0)));
    }

    private Answer queues() {
        long now = clock.millis();
        var byFunction = shards.figures().stream()
                .flatMap(shard -> shard.queues().stream())
                .collect(Collectors.groupingBy(
                        figures -> figures.queue().toString(), TreeMap::new, Collectors.toList()));
        return Answer.ok(new QueueJson.Queues(byFunction.entrySet().stream()
                .map(queue -> queue(queue.getKey(), queue.getValue(), now))
                .toList()));
    }

    private static QueueJson.Queue queue(String function, List<Figures<InvocationTarget>> parts, long now) {
        long oldest = parts.stream().mapToLong(Figures::oldestAccepted).min().orElse(Long.MAX_VALUE);
        return new QueueJson.Queue(
                function,
                parts.stream().mapToLong(Figures::waiting).sum(),
                parts.stream().mapToLong(Figures::due).sum(),
                parts.stream().mapToLong(Figures::running).sum(),
                parts.stream().anyMatch(Figures::held),
                parts.stream().mapToLong(Figures::limit).sum(),
                oldest == Long.MAX_VALUE ? null : Instant.ofEpochMilli(oldest),
                oldest == Long.MAX_VALUE ? null : Math.max(0, now - oldest) / 1000.0);
    }

    private Answer events(Request request) {
        var target = request.query("function").map(QueueControl::target).orElse(null);
        var selection = new QueueAction.Selection(
                target,
                null,
                request.query("leastRuns").isPresent() ? request.wholeNumber("leastRuns", 0, 0, 3) : null,
                request.query("errorType").orElse(null),
                request.query("acceptedBefore").map(QueueControl::instant).orElse(null));
        int most = request.wholeNumber("limit", 50, 1, MOST_ON_A_PAGE);
        var cursor = request.query("cursor").map(Cursor::parse).orElse(new Cursor(-1, null));
        return Answer.ok(page(target, selection::selects, cursor, most));
    }

    private QueueJson.Events page(
            @Nullable InvocationTarget target, Predicate<PendingEvent> selected, Cursor cursor, int most) {
        var found = new ArrayList<QueueJson.Event>();
        for (int partition : stream.partitions()) {
            if (partition < cursor.partition()) {
                continue;
            }
            if (found.size() == most) {
                return new QueueJson.Events(found, new Cursor(partition, null).text());
            }
            var after = partition == cursor.partition() ? cursor.after() : null;
            var page = stream.events(partition, target, after, most - found.size(), MOST_LOOKED, selected);
            page.events().forEach(event -> found.add(QueueJson.Event.of(event)));
            if (page.next() != null) {
                return new QueueJson.Events(found, new Cursor(partition, page.next()).text());
            }
        }
        return new QueueJson.Events(found, null);
    }

    private Answer event(Request request) {
        return Answer.ok(QueueJson.Event.of(required(request)));
    }

    private Answer payload(Request request) {
        var event = required(request);
        return Answer.bytes(
                "application/json",
                records.read(event.position())
                        .orElseThrow(() -> ManagementRefusal.notFound("the topic no longer keeps the event"))
                        .value());
    }

    /** By its id alone: events are kept by function, so without one all that wait are looked at. */
    private PendingEvent required(Request request) {
        var id = requestId(request.path("requestId"));
        var target = request.query("function").map(QueueControl::target);
        var found = target.isPresent() ? stream.event(target.get(), id) : search(id);
        return found.orElseThrow(() -> ManagementRefusal.notFound("no event " + id + " waits in the queue"));
    }

    private Optional<PendingEvent> search(RequestId id) {
        return stream.partitions().stream()
                .flatMap(partition -> stream
                        .events(
                                partition,
                                null,
                                null,
                                1,
                                Integer.MAX_VALUE,
                                event -> event.requestId().equals(id))
                        .events()
                        .stream())
                .findFirst();
    }

    private Answer act(Request request) throws InterruptedException {
        var asked = request.body(QueueJson.Asked.class);
        var action = action(asked);
        try {
            actions.write(action);
        } catch (KafkaException e) {
            throw ManagementRefusal.unavailable(String.valueOf(e.getMessage()));
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var result = find(action.id());
        while ((result.isEmpty() || result.get().finished() == null) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            result = find(action.id());
        }
        return Answer.accepted(result.orElseGet(() -> json(action, 0, null)));
    }

    private QueueAction action(QueueJson.Asked asked) {
        var kind = asked.kind() == null ? "" : asked.kind();
        var target = asked.function() == null ? null : target(asked.function());
        var selection = new QueueAction.Selection(
                target,
                asked.requestId() == null ? null : requestId(asked.requestId()),
                asked.leastRuns(),
                asked.errorType(),
                asked.acceptedBefore());
        boolean confirmed = Boolean.TRUE.equals(asked.confirm());
        return switch (kind) {
            case "HOLD", "RELEASE", "PURGE" -> {
                if (target == null) {
                    throw ManagementRefusal.invalid(kind + " needs a function");
                }
                if (kind.equals("PURGE") && !confirmed) {
                    throw ManagementRefusal.invalid("PURGE ends everything that waits; say confirm: true");
                }
                var whole = new QueueAction.Selection(target, null, null, null, null);
                yield action(
                        kind.equals("PURGE") ? QueueAction.Kind.CANCEL : QueueAction.Kind.valueOf(kind), whole, asked);
            }
            case "CANCEL", "RUN_NOW" -> {
                if (kind.equals("CANCEL") && selection.requestId() == null && !confirmed) {
                    throw ManagementRefusal.invalid("CANCEL of more than one event; say confirm: true");
                }
                yield action(QueueAction.Kind.valueOf(kind), selection, asked);
            }
            default -> throw ManagementRefusal.invalid("kind must be one of HOLD, RELEASE, CANCEL, RUN_NOW, PURGE");
        };
    }

    private QueueAction action(QueueAction.Kind kind, QueueAction.Selection selection, QueueJson.Asked asked) {
        return new QueueAction(
                1, UUID.randomUUID().toString(), kind, selection, clock.instant(), asked.by(), asked.reason());
    }

    private Answer actions() {
        return Answer.ok(new QueueJson.Actions(stream.actions().stream()
                .map(progress -> progress.action().id())
                .distinct()
                .flatMap(id -> find(id).stream())
                .sorted(Comparator.comparing(QueueJson.Action::asked).reversed())
                .toList()));
    }

    private Answer action(Request request) {
        return Answer.ok(
                find(request.path("id")).orElseThrow(() -> ManagementRefusal.notFound("no such action is remembered")));
    }

    /** An action over all shards: finished when each of them is. */
    private Optional<QueueJson.Action> find(String id) {
        var parts = stream.actions().stream()
                .filter(progress -> progress.action().id().equals(id))
                .toList();
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        boolean finished =
                parts.size() == stream.partitions().size() && parts.stream().allMatch(part -> part.finished() != null);
        return Optional.of(json(
                parts.getFirst().action(),
                parts.stream().mapToLong(ActionProgress::affected).sum(),
                finished
                        ? parts.stream()
                                .map(ActionProgress::finished)
                                .map(Objects::requireNonNull)
                                .map(Instant::ofEpochMilli)
                                .max(Comparator.naturalOrder())
                                .orElseThrow()
                        : null));
    }

    private static QueueJson.Action json(QueueAction action, long affected, @Nullable Instant finished) {
        return new QueueJson.Action(
                action.id(),
                action.kind(),
                QueueJson.Selection.of(action.selection()),
                action.asked(),
                action.by(),
                action.reason(),
                affected,
                finished);
    }

    private static InvocationTarget target(String text) {
        try {
            return InvocationTarget.parse(text);
        } catch (IllegalArgumentException e) {
            throw ManagementRefusal.invalid("function must be the ARN of a function: " + e.getMessage());
        }
    }

    private static RequestId requestId(String text) {
        try {
            return RequestId.parse(text);
        } catch (IllegalArgumentException e) {
            throw ManagementRefusal.invalid("not a request id: '" + text + "'");
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw ManagementRefusal.invalid("not a time such as 2026-01-01T12:00:00Z: '" + text + "'");
        }
    }

    @Override
    public void close() {
        actions.close();
    }
}
