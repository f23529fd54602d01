package io.kappa.router.usage;

import io.kappa.contracts.metering.DailyUsage;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.ManagementApi.Answer;
import io.kappa.kit.management.ManagementApi.Request;
import io.kappa.kit.management.ManagementRefusal;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/** What functions have used and what that would cost, over HTTP below {@code /v1/usage}. Any router answers for all of them. */
public final class UsageControl {
    static final String ROOT = "/v1/usage";

    private final UsageRecords records;
    private final Prices prices;
    private final Clock clock;

    private UsageControl(UsageRecords records, Prices prices, Clock clock) {
        this.records = records;
        this.prices = prices;
        this.clock = clock;
    }

    /** Mounts the API on the process's management port. */
    public static void mount(KafkaSettings kafka, Prices prices, ServiceContext context) {
        var control = new UsageControl(new UsageRecords(kafka), prices, context.clock());
        Route.ALL.forEach(route -> context.management()
                .mount(
                        HttpMethod.GET,
                        ROOT + route.path(),
                        request -> route.endpoint().answer(control, request)));
    }

    /** @param path below the root */
    record Route(String path, Endpoint endpoint) {
        /** Of an instance. */
        interface Endpoint {
            Answer answer(UsageControl control, Request request) throws IOException;
        }

        static final List<Route> ALL =
                List.of(new Route("/openapi.json", (_, _) -> description()), new Route("", UsageControl::usage));
    }

    private static Answer description() throws IOException {
        try (var resource = UsageControl.class.getResourceAsStream("openapi.json")) {
            return Answer.bytes(
                    "application/json",
                    Objects.requireNonNull(resource, "openapi.json").readAllBytes());
        }
    }

    private Answer usage(Request request) {
        var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        var to = day(request, "to", today);
        var from = day(request, "from", to.withDayOfMonth(1));
        Predicate<DailyUsage> wanted =
                usage -> !usage.day().isBefore(from) && !usage.day().isAfter(to);
        var function = request.query("function");
        try {
            var days = records.read(wanted.and(usage -> function.isEmpty()
                            || function.get().equals(usage.function().toString())))
                    .orElseThrow(() -> ManagementRefusal.invalid("there are more than " + UsageRecords.MOST
                            + " days of functions; ask for fewer days, or one function"));
            return Answer.ok(UsageJson.Usage.of(days, prices));
        } catch (KafkaException e) {
            throw ManagementRefusal.unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static LocalDate day(Request request, String name, LocalDate otherwise) {
        try {
            return request.query(name).map(LocalDate::parse).orElse(otherwise);
        } catch (DateTimeException e) {
            throw ManagementRefusal.invalid(name + " must be a day such as 2026-11-27");
        }
    }
}
