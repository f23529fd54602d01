package io.kappa.router.dispatch;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.ReadinessProtocol;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has workers start environments of a version before there are invocations for them. What lives already, by the workers' statuses, is taken
 * off, and so is what they were asked for a moment ago; the rest is spread as starts for invocations would be. Whether a worker has memory
 * to spare for it, the worker says.
 */
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final int OK = 200;

    private final WorkerDirectory directory;
    private final Counter asked;

    Readiness(WorkerDirectory directory, MeterRegistry metrics) {
        this.directory = directory;
        this.asked = Counter.builder("kappa.router.readiness.asked")
                .description("Environments that workers were asked to start before there was an invocation for them")
                .register(metrics);
    }

    /** What a worker is to have of the version in all, and how many of these it is asked for now. */
    record Share(Worker worker, int count, int more) {}

    /**
     * Asks workers, and waits for nothing.
     *
     * @param concurrency how many invocations could run at once
     */
    void prepare(VersionRecord version, int concurrency, HttpClient client) {
        long now = directory.nowMillis();
        int megabytes = version.running().configuration().memoryMegabytes();
        for (var share : plan(version, concurrency)) {
            var place = directory.places().at(version.version(), share.worker());
            place.askedAhead(share.count(), now);
            share.worker().starts(megabytes * share.more());
            asked.increment(share.more());
            ask(version, share, place, client);
        }
    }

    /** Who is to start how many so that as many live or start as could run at once. */
    List<Share> plan(VersionRecord version, int concurrency) {
        long now = directory.nowMillis();
        int megabytes = version.running().configuration().memoryMegabytes();
        var known = directory.places().of(version.version());
        Map<Worker, Integer> expected = new HashMap<>();
        int missing = concurrency;
        for (var worker : directory.known()) {
            if (worker.takesWork(now) && !worker.isDoubted() && worker.offers(Ability.neededBy(version.running()))) {
                var place = known.at(worker);
                int here = place == null ? 0 : place.expected(version.running().generation(), now);
                missing -= here;
                expected.put(worker, here);
            }
        }
        var more = new HashMap<Worker, Integer>();
        var next = missing > 0 ? leastLoaded(expected, more, megabytes) : null;
        while (next != null) {
            more.merge(next, 1, Integer::sum);
            missing--;
            next = missing > 0 ? leastLoaded(expected, more, megabytes) : null;
        }
        var shares = new ArrayList<Share>();
        more.forEach((worker, count) -> shares.add(new Share(worker, expected.getOrDefault(worker, 0) + count, count)));
        return shares;
    }

    private static @Nullable Worker leastLoaded(
            Map<Worker, Integer> candidates, Map<Worker, Integer> more, int megabytes) {
        Worker least = null;
        double load = Double.MAX_VALUE;
        for (var worker : candidates.keySet()) {
            int with = megabytes * (more.getOrDefault(worker, 0) + 1);
            if (worker.hasRoom(with) && worker.load(with) < load) {
                least = worker;
                load = worker.load(with);
            }
        }
        return least;
    }

    private void ask(VersionRecord version, Share share, Place place, HttpClient client) {
        var status = share.worker().status();
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(status.host())
                .setPort(status.port())
                .setURI(ReadinessProtocol.PATH)
                .putHeader(InvocationProtocol.VERSION, version.version().toString())
                .putHeader(
                        InvocationProtocol.GENERATION,
                        Long.toString(version.running().generation()))
                .putHeader(ReadinessProtocol.COUNT, Integer.toString(share.count()));
        client.request(options)
                .compose(request -> request.send())
                .onSuccess(response -> answered(response, share, place))
                .onFailure(cause -> {
                    place.askedAhead(0, directory.nowMillis());
                    LOG.atDebug()
                            .addKeyValue("worker", share.worker().name())
                            .setCause(cause)
                            .log("worker could not be asked to start environments ahead");
                });
    }

    /** It may have memory to spare for fewer. */
    private void answered(HttpClientResponse response, Share share, Place place) {
        var count = response.statusCode() == OK ? response.getHeader(ReadinessProtocol.COUNT) : null;
        try {
            int there = count == null ? 0 : Integer.parseInt(count);
            place.askedAhead(Math.min(share.count(), there), directory.nowMillis());
        } catch (NumberFormatException e) {
            place.askedAhead(0, directory.nowMillis());
        }
    }
}
