package io.kappa.deadletters.api;

import com.fasterxml.jackson.core.JsonParser;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.topic.Topic;
import io.kappa.deadletters.api.Answers.CountsAnswer;
import io.kappa.deadletters.api.Answers.DeadLetterAnswer;
import io.kappa.deadletters.api.Answers.DeadLettersAnswer;
import io.kappa.deadletters.api.Answers.DeletionAnswer;
import io.kappa.deadletters.api.Answers.RedriveAnswer;
import io.kappa.deadletters.api.Answers.RedrivesAnswer;
import io.kappa.deadletters.api.Answers.ResultAnswer;
import io.kappa.deadletters.api.Answers.ResultsAnswer;
import io.kappa.deadletters.index.DeadLetterIndex;
import io.kappa.deadletters.index.Filter;
import io.kappa.deadletters.index.IndexUnavailableException;
import io.kappa.deadletters.index.Letter;
import io.kappa.deadletters.index.LetterStatus;
import io.kappa.deadletters.index.Redrive;
import io.kappa.deadletters.payload.Payload;
import io.kappa.deadletters.payload.PayloadSource;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.management.ManagementApi.Answer;
import io.kappa.kit.management.ManagementApi.Endpoint;
import io.kappa.kit.management.ManagementApi.Request;
import io.kappa.kit.management.ManagementRefusal;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service's part of the management API. Each process answers for the partitions that it owns: with the one partition that there is by
 * default, whoever owns it knows everything, and a process that stands by answers 503.
 */
public final class DeadLetterApi {
    private static final int USUAL_PAGE = 50;
    private static final int LONGEST_PAGE = 200;
    private static final int MOST_RUNNING = 100;
    private static final String JSON_TYPE = "application/json";

    private final DeadLetterIndex index;
    private final String records;
    private final String ledger;
    private final Clock clock;

    public DeadLetterApi(DeadLetterIndex index, KafkaSettings kafka, Clock clock) {
        this.index = index;
        this.records = Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix());
        this.ledger = Topic.DEAD_LETTERS_LEDGER.name(kafka.topicPrefix());
        this.clock = clock;
    }

    public void mount(ManagementApi management) {
        routes().forEach(route -> management.mount(route.method(), route.path(), answering(route.endpoint())));
    }

    /** Everything that can be asked. Paths that are spelt out come before those with a part that varies. */
    List<Route> routes() {
        return List.of(
                new Route(HttpMethod.GET, "/v1/dead-letters", this::list),
                new Route(HttpMethod.GET, "/v1/dead-letters/counts", this::counts),
                new Route(HttpMethod.GET, "/v1/dead-letters/openapi.json", _ -> description()),
                new Route(HttpMethod.POST, "/v1/dead-letters/delete", this::delete),
                new Route(HttpMethod.GET, "/v1/dead-letters/:id", this::deadLetter),
                new Route(HttpMethod.GET, "/v1/dead-letters/:id/payload", this::payload),
                new Route(HttpMethod.POST, "/v1/redrives", this::createRedrive),
                new Route(HttpMethod.GET, "/v1/redrives", _ -> redrives()),
                new Route(HttpMethod.GET, "/v1/redrives/:id", this::redrive),
                new Route(HttpMethod.GET, "/v1/redrives/:id/results", this::results),
                new Route(HttpMethod.POST, "/v1/redrives/:id/cancel", this::cancelRedrive));
    }

    private static Endpoint answering(Endpoint endpoint) {
        return request -> {
            try {
                return endpoint.answer(request);
            } catch (IndexUnavailableException | PayloadSource.UnreachableException e) {
                throw ManagementRefusal.unavailable(String.valueOf(e.getMessage()));
            }
        };
    }

    private Answer list(Request request) {
        int limit = request.wholeNumber("limit", USUAL_PAGE, 1, LONGEST_PAGE);
        var behind = Cursor.read(request.query("cursor"), DeadLetterIndex::isPosition);
        var page = index.list(index.resolved(filter(request)), behind.orElse(null), limit);
        return Answer.ok(
                new DeadLettersAnswer(page.letters().stream().map(this::shown).toList(), Cursor.of(page.behind())));
    }

    private static Filter filter(Request request) {
        return new Filter(
                request.query("function").orElse(null),
                request.query("cause").orElse(null),
                choice(request, "origin", DeadLetter.Origin.values()),
                choice(request, "status", LetterStatus.values()),
                request.query("errorType").orElse(null),
                request.query("text").orElse(null),
                time(request, "after"),
                time(request, "before"),
                null);
    }

    private static <E extends Enum<E>> @Nullable E choice(Request request, String name, E[] choices) {
        var text = request.query(name);
        if (text.isEmpty()) {
            return null;
        }
        return Arrays.stream(choices)
                .filter(choice -> choice.name().equals(text.get()))
                .findFirst()
                .orElseThrow(() -> ManagementRefusal.invalid(name + " must be one of " + Arrays.toString(choices)));
    }

    private static @Nullable Instant time(Request request, String name) {
        try {
            return request.query(name).map(Instant::parse).orElse(null);
        } catch (DateTimeParseException e) {
            throw ManagementRefusal.invalid(name + " must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    private DeadLetterAnswer shown(Letter letter) {
        return DeadLetterAnswer.of(letter, records, ledger);
    }

    private Answer counts(Request request) {
        return Answer.ok(CountsAnswer.of(index.counts()));
    }

    private Answer deadLetter(Request request) {
        return Answer.ok(shown(found(request)));
    }

    private Letter found(Request request) {
        var id = request.path("id");
        return index.letter(id).orElseThrow(() -> ManagementRefusal.notFound("there is no dead letter " + id));
    }

    private Answer payload(Request request) {
        var letter = found(request);
        var payload = index.payload(letter)
                .orElseThrow(() -> new ManagementRefusal(410, "GONE", "the payload has gone from the topic"));
        var bytes = Optional.ofNullable(payload.bytes()).orElse(new byte[0]);
        return Answer.bytes(isJson(payload) ? JSON_TYPE : "application/octet-stream", bytes);
    }

    private static boolean isJson(Payload payload) {
        if (payload.length() == 0) {
            return false;
        }
        try (JsonParser parser = ManagementApi.JSON.createParser(payload.bytes())) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private Answer delete(Request request) {
        var asked = request.body(Asked.Delete.class);
        var done = index.delete(index.resolved(asked.which()), asked.by());
        return Answer.accepted(new DeletionAnswer(done.action(), done.deleted(), done.complete()));
    }

    private Answer createRedrive(Request request) {
        var order = request.body(Asked.CreateRedrive.class).order(clock.instant());
        if (index.redrives().stream().filter(Redrive::running).count() >= MOST_RUNNING) {
            throw ManagementRefusal.conflict("there are " + MOST_RUNNING + " redrives running already");
        }
        return Answer.accepted(RedriveAnswer.of(index.redrive(order.about(index.resolved(order.filter())))));
    }

    private Answer redrives() {
        return Answer.ok(new RedrivesAnswer(
                index.redrives().stream().map(RedriveAnswer::of).toList()));
    }

    private Answer redrive(Request request) {
        return Answer.ok(RedriveAnswer.of(foundRedrive(request)));
    }

    private Redrive foundRedrive(Request request) {
        var id = request.path("id");
        return index.redrive(id).orElseThrow(() -> ManagementRefusal.notFound("there is no redrive " + id));
    }

    private Answer results(Request request) {
        var redrive = foundRedrive(request);
        int limit = request.wholeNumber("limit", USUAL_PAGE, 1, LONGEST_PAGE);
        var behind = Cursor.read(request.query("cursor"), _ -> true).orElse("");
        var rows = index.results(redrive.id(), behind, limit + 1);
        var page = rows.subList(0, Math.min(limit, rows.size()));
        return Answer.ok(new ResultsAnswer(
                page.stream().map(ResultAnswer::of).toList(),
                rows.size() > limit ? Cursor.of(page.getLast().deadLetter()) : null));
    }

    private Answer cancelRedrive(Request request) {
        var redrive = foundRedrive(request);
        var by = request.body(Asked.CancelRedrive.class).checkedBy();
        if (!redrive.running()) {
            throw ManagementRefusal.conflict("the redrive is " + redrive.state() + " already");
        }
        return Answer.accepted(RedriveAnswer.of(index.cancel(redrive.id(), by)));
    }

    private static Answer description() {
        try (var description = DeadLetterApi.class.getResourceAsStream("/io/kappa/deadletters/openapi.json")) {
            if (description == null) {
                throw new IllegalStateException("the description is not in the jar");
            }
            return Answer.bytes(JSON_TYPE, description.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
