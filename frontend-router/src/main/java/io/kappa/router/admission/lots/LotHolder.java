package io.kappa.router.admission.lots;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * A router's tokens. It admits from what it holds while its lease lasts by its own clock, asks again long before that, and says with each
 * request what it keeps.
 *
 * <pre>
 *   ask 7 ────────────▶ owner
 *    ├─────── lease ──────────┤ admits until here, whenever the grant came
 *   accept ◀── grant 7 ──
 *            ask 8 ───▶ (lost)
 *                             └ lapsed: keeps what is in use, and nothing else
 * </pre>
 */
public final class LotHolder {
    /** Requests by which something that was refused is still asked for. One may come too early, before others have given back. */
    private static final int ASKED_FOR = 4;

    private final HolderId id;
    private final LotTerms terms;
    private final ToLongFunction<Pool> longestRun;
    private final Map<Pool, Held> pools = new HashMap<>();
    private final TreeMap<Long, Long> sentAt = new TreeMap<>();
    private long sequence;
    private long accepted;
    private long leaseEnd;
    private boolean leased;

    private static final class Held {
        private int tokens;
        private int running;
        private int refused;
        private int wanted;
        private int askedFor;
        private long longestRun;

        /** A quarter more than there is use for, so that the lot grows before it is used up. */
        int demand() {
            if (refused > 0) {
                wanted = Math.max(wanted, refused);
                refused = 0;
                askedFor = ASKED_FOR;
            } else if (askedFor > 0) {
                askedFor--;
            } else {
                wanted = 0;
            }
            int used = running + wanted;
            return used + Math.ceilDiv(used, 4);
        }

        boolean isUnused() {
            return tokens == 0 && running == 0 && refused == 0 && wanted == 0;
        }
    }

    /** @param longestRun of the invocations of a pool, once a worker has begun them: of what is reserved for a function, the function's timeout
     *      with what a worker takes to enforce it */
    public LotHolder(HolderId id, LotTerms terms, ToLongFunction<Pool> longestRun) {
        this.id = id;
        this.terms = terms;
        this.longestRun = longestRun;
    }

    /**
     * Takes a token for an invocation that runs no longer than that. Each ticket is given back once, by {@link #leave}: when the invocation
     * is known to be over, or to have never begun, or at {@link Ticket#overBy}.
     */
    public Optional<Ticket> enter(Pool pool, long run, long now) {
        var held = pools.computeIfAbsent(pool, _ -> new Held());
        if (!holdsLease(now) || held.running >= held.tokens || run > held.longestRun) {
            held.refused++;
            return Optional.empty();
        }
        held.running++;
        return Optional.of(new Ticket(pool, leaseEnd, leaseEnd + terms.surely(run)));
    }

    private boolean holdsLease(long now) {
        return leased && now - leaseEnd < 0;
    }

    public void leave(Ticket ticket) {
        var held = pools.get(ticket.pool());
        if (held == null || held.running == 0) {
            throw new IllegalStateException("left without having entered: " + ticket);
        }
        held.running--;
    }

    /** The next request. A lapsed lot is given up here for good, so that what was said stays true. */
    public LotRequest ask(long now) {
        if (!holdsLease(now)) {
            leased = false;
            pools.values().forEach(held -> held.tokens = 0);
        }
        sequence++;
        sentAt.put(sequence, now);
        var needs = new HashMap<Pool, LotRequest.Need>();
        pools.forEach((pool, held) -> needs.put(
                pool,
                new LotRequest.Need(Math.max(held.running, held.tokens), held.demand(), longestRun.applyAsLong(pool))));
        return new LotRequest(id, sequence, accepted, needs);
    }

    /** Takes in a grant. One that is older than another, or for another life of this router, changes nothing. */
    public void accept(LotGrant grant) {
        var sent = sentAt.get(grant.sequence());
        if (!grant.holder().equals(id) || grant.sequence() <= accepted || sent == null) {
            return;
        }
        accepted = grant.sequence();
        leaseEnd = sent + terms.lease();
        leased = true;
        sentAt.headMap(accepted, true).clear();
        pools.forEach((pool, held) -> {
            var lot = grant.lots().get(pool);
            held.tokens = lot == null ? 0 : lot.tokens();
            held.longestRun = lot == null ? 0 : lot.longestRun();
        });
        pools.values().removeIf(Held::isUnused);
    }
}
