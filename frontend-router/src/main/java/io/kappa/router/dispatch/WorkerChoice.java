package io.kappa.router.dispatch;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.Ability;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the worker for an invocation:
 *
 * <ol>
 *   <li>one with an idle environment of the version: those of provisioned concurrency first, then where the version was served last, so that
 *       what is not needed grows old and is retired, then the least busy;
 *   <li>else one that starts environments of it ahead of invocations, for a backlog that somebody told of;
 *   <li>else, where a new environment will be started, one that has the code unpacked;
 *   <li>else the less loaded of two taken at random, which spreads load nearly as well as the least loaded of all and does not send every
 *       router to the same one.
 * </ol>
 *
 * What a worker is preferred for may be worth so much load more, and no more: a bound on the load itself would give the preference up when
 * the whole cluster is busy, and spare no worker while it is not. In a burst a worker with the code is not preferred either once a few
 * starts are under way there. Workers that refused the version a moment ago, or whose connections broke, are asked when nobody else is left.
 *
 * <p>Runs for each invocation on its event loop: no lock, and nothing allocated but what is new.
 */
final class WorkerChoice {
    /** How much more of a worker may be in use than of another, as a share of its memory, for having what the invocation needs. */
    static final double PREFERENCE = 0.25;

    /** Code is fetched once for a worker; to have many starts at once on its processors takes longer than that. */
    static final int MOST_STARTS = 4;

    private final WorkerDirectory directory;
    private final Places places;
    private final Supplier<RandomGenerator> random;

    WorkerChoice(WorkerDirectory directory, Supplier<RandomGenerator> random) {
        this.directory = directory;
        this.places = directory.places();
        this.random = random;
    }

    /**
     * Chooses, and begins the invocation there: whoever asks tells the place how it ends.
     *
     * @param tried workers that have refused this invocation
     * @return null where no worker is left to ask
     */
    @Nullable
    Place begin(VersionRecord version, int megabytes, List<Worker> tried) {
        long now = directory.nowMillis();
        var known = places.of(version.version());
        var warm = beginIdle(known, version.running().generation(), megabytes, tried, now);
        if (warm != null) {
            return warm;
        }
        var soon = aboutToHaveIdle(known, tried, now);
        if (soon != null) {
            soon.beginAhead(megabytes);
            return soon;
        }
        var worker = forStart(version, known, megabytes, tried, now);
        if (worker == null) {
            return null;
        }
        var place = places.at(version.version(), worker);
        place.beginStart(megabytes);
        return place;
    }

    private @Nullable Place beginIdle(
            VersionPlaces known, long generation, int megabytes, List<Worker> tried, long now) {
        var last = known.last();
        if (last != null
                && (!known.provisioned() || last.hasProvisionedIdle())
                && last.worker().busy() <= PREFERENCE // No other can be preferred to it.
                && hasIdle(last, generation, tried, now)
                && last.beginIdle(megabytes)) {
            return last;
        }
        Place best;
        do {
            best = null;
            for (var place : known.all()) {
                if (hasIdle(place, generation, tried, now) && (best == null || isBetter(place, best, last))) {
                    best = place;
                }
            }
        } while (best != null && !best.beginIdle(megabytes)); // Another event loop was quicker.
        return best;
    }

    private static @Nullable Place aboutToHaveIdle(VersionPlaces known, List<Worker> tried, long now) {
        for (var place : known.all()) {
            if (place.isAboutToHaveIdle(now) && isTrusted(place.worker(), now) && !tried.contains(place.worker())) {
                return place;
            }
        }
        return null;
    }

    private static boolean hasIdle(Place place, long generation, List<Worker> tried, long now) {
        return place.hasIdle(generation) && isTrusted(place.worker(), now) && !tried.contains(place.worker());
    }

    private static boolean isTrusted(Worker worker, long now) {
        return worker.takesWork(now) && !worker.isDoubted();
    }

    private static boolean isBetter(Place one, Place other, @Nullable Place last) {
        boolean provisioned = one.hasProvisionedIdle();
        return provisioned == other.hasProvisionedIdle() ? busy(one, last) < busy(other, last) : provisioned;
    }

    private static double busy(Place place, @Nullable Place last) {
        return place.worker().busy() - (place == last ? PREFERENCE : 0);
    }

    private @Nullable Worker forStart(
            VersionRecord version, VersionPlaces known, int megabytes, List<Worker> tried, long now) {
        var needed = Ability.neededBy(version.running());
        var spread = lessLoadedOfTwo(known, needed, megabytes, tried, now, true);
        if (spread == null) {
            return lessLoadedOfTwo(known, needed, megabytes, tried, now, false);
        }
        var holder = leastLoaded(null, known, version.running().generation(), known, needed, megabytes, tried, now);
        var holders = places.ofCode(version.running().code().sha256());
        if (holders != null) {
            holder = leastLoaded(holder, holders, 0, known, needed, megabytes, tried, now);
        }
        return holder != null
                        && (holder.hasRoom(megabytes) || !spread.hasRoom(megabytes))
                        && holder.load(megabytes) <= spread.load(megabytes) + PREFERENCE
                ? holder
                : spread;
    }

    /** The least loaded of those that have the code and do not have many starts of the version under way. */
    private static @Nullable Worker leastLoaded(
            @Nullable Worker least,
            VersionPlaces holders,
            long leastGeneration,
            VersionPlaces known,
            Ability needed,
            int megabytes,
            List<Worker> tried,
            long now) {
        for (var holder : holders.all()) {
            var worker = holder.worker();
            if (holder.hasCode(leastGeneration, now)
                    && (least == null || isLessLoaded(worker, least, megabytes))
                    && isFirstChoice(worker, known, needed, now)
                    && !tried.contains(worker)
                    && startsFew(worker, known)) {
                least = worker;
            }
        }
        return least;
    }

    private static boolean startsFew(Worker worker, VersionPlaces known) {
        var place = known.at(worker);
        return place == null || place.starting() < MOST_STARTS;
    }

    /** @param firstChoice whether workers that are to be asked last are left out */
    private @Nullable Worker lessLoadedOfTwo(
            VersionPlaces known, Ability needed, int megabytes, List<Worker> tried, long now, boolean firstChoice) {
        var workers = directory.known();
        var first = any(workers, null, known, needed, tried, now, firstChoice);
        if (first == null) {
            return null;
        }
        var second = any(workers, first, known, needed, tried, now, firstChoice);
        return second == null || isLessLoaded(first, second, megabytes) ? first : second;
    }

    /** The first that is suitable, going around from a place taken at random; null where none is. */
    private @Nullable Worker any(
            Worker[] workers,
            @Nullable Worker not,
            VersionPlaces known,
            Ability needed,
            List<Worker> tried,
            long now,
            boolean firstChoice) {
        if (workers.length == 0) {
            return null;
        }
        int start = random.get().nextInt(workers.length);
        for (int i = 0; i < workers.length; i++) {
            var worker = workers[(start + i) % workers.length];
            if (worker != not
                    && worker.takesWork(now)
                    && worker.offers(needed)
                    && !tried.contains(worker)
                    && (!firstChoice || isFirstChoice(worker, known, needed, now))) {
                return worker;
            }
        }
        return null;
    }

    private static boolean isFirstChoice(Worker worker, VersionPlaces known, Ability needed, long now) {
        if (!isTrusted(worker, now) || !worker.offers(needed)) {
            return false;
        }
        var place = known.at(worker);
        return place == null || !place.hasRefusedLately(now);
    }

    /** Room comes first: without, an environment of another version has to go, or the worker refuses. */
    private static boolean isLessLoaded(Worker one, Worker other, int megabytes) {
        boolean room = one.hasRoom(megabytes);
        return room == other.hasRoom(megabytes) ? one.load(megabytes) < other.load(megabytes) : room;
    }

    /** Notes that the invocation was answered there. */
    void served(VersionRecord version, Place place) {
        places.served(version.version(), version.running().code().sha256(), place);
    }
}
