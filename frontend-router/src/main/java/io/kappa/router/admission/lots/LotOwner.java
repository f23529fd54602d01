package io.kappa.router.admission.lots;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The owner of an account's tokens. It counts for each holder the most that may run of what it was given, and never grants what would take
 * the sum of these counts beyond a limit.
 *
 * <pre>
 *   granted ──▶ counted ──holder says what it keeps──▶ counted as said
 *                  └──silent for lease + longest run, by the slowest clock──▶ not counted
 * </pre>
 *
 * A grant is decided, recorded where no former owner can write any more, then applied and sent. An owner that takes over applies the records
 * of its predecessors at the time of its own clock, as if they had been granted just now, and goes on. Why all this holds is in
 * {@code docs/decisions/0008}.
 */
public final class LotOwner {
    private final LotTerms terms;
    private final TreeMap<HolderId, Known> holders = new TreeMap<>();
    private PoolLimits limits;

    private static final class Known {
        private final Map<Pool, Lot> lots = new HashMap<>();
        private long answered;
        private long heardAt;
    }

    private record Lot(int counted, int demand, int pressing, long countedUntil) {
        int countedAt(long now) {
            return now - countedUntil < 0 ? counted : 0;
        }
    }

    public LotOwner(LotTerms terms, PoolLimits limits) {
        this.terms = terms;
        this.limits = limits;
    }

    /** From now on these limits hold. What is out beyond them is taken back as holders are answered; nothing that runs is ended. */
    public void limit(PoolLimits changed) {
        limits = changed;
    }

    /** Chooses the answer to a request; none to one that is older than another. Changes nothing: {@link #apply} does, once it is recorded. */
    public Optional<LotGrant> decide(LotRequest request, long now) {
        var known = holders.getOrDefault(request.holder(), new Known());
        if (request.sequence() <= known.answered) {
            return Optional.empty();
        }
        // Where a grant is on its way, or lost, what the holder says it keeps is not the most it may have.
        boolean complete = request.accepted() == known.answered;
        var pools = new HashSet<>(request.needs().keySet());
        pools.addAll(known.lots.keySet());
        int elsewhere = countedElsewhere(request.holder(), now);
        var shares = pools.stream()
                .map(pool -> share(pool, request, known, complete, now))
                .toList();
        int counted =
                elsewhere + shares.stream().mapToInt(share -> share.counted).sum();
        // What there is use for comes first: the pools may come to more than the account has.
        for (var share : shares) {
            counted = share.grow(Math.min(share.due, share.need.demand()), limits.account(), counted);
        }
        for (var share : shares) {
            counted = share.grow(share.due, limits.account(), counted);
        }
        var lots = new LinkedHashMap<Pool, LotGrant.Lot>();
        for (var share : shares) {
            if (share.counted > 0 || request.needs().containsKey(share.pool)) {
                lots.put(share.pool, share.lot(limits.of(share.pool)));
            }
        }
        return Optional.of(new LotGrant(request.holder(), request.sequence(), terms.lease(), lots));
    }

    /** One pool's part of an answer while it is decided. */
    private static final class Share {
        private final Pool pool;
        private final LotRequest.Need need;
        private final int due;
        private final int room;
        private final long countedFor;
        private int tokens;
        private int counted;

        /** @param kept what the holder may have of it, whatever it is granted now */
        Share(Pool pool, LotRequest.Need need, int due, int room, int kept, long countedFor) {
            this.pool = pool;
            this.need = need;
            this.due = due;
            this.room = room;
            this.counted = kept;
            this.countedFor = countedFor;
        }

        /**
         * Grants that many tokens as far as the pool and the account allow.
         *
         * @param all what is counted of the account
         * @return the same with what has been added
         */
        int grow(int wanted, int account, int all) {
            int rest = all - counted;
            tokens = Math.max(tokens, Math.min(wanted, Math.min(room, account - rest)));
            counted = Math.max(counted, tokens);
            return rest + counted;
        }

        LotGrant.Lot lot(int limit) {
            return new LotGrant.Lot(
                    tokens, due, limit, counted, need.demand(), need.pressing(), need.longestRun(), countedFor);
        }
    }

    private Share share(Pool pool, LotRequest request, Known known, boolean complete, long now) {
        var need = request.needs().getOrDefault(pool, new LotRequest.Need(0, 0, 0, 0));
        var before = known.lots.get(pool);
        int had = before == null ? 0 : before.countedAt(now);
        long countedFor = terms.countedFor(need.longestRun());
        if (had > 0 && before != null) {
            countedFor = Math.max(countedFor, before.countedUntil() - now);
        }
        boolean wanted = request.needs().containsKey(pool);
        return new Share(
                pool,
                need,
                wanted ? due(pool, request.holder(), need, now) : 0,
                limits.of(pool) - countedElsewhere(pool, request.holder(), now),
                complete ? Math.min(had, need.held()) : had,
                countedFor);
    }

    private int countedElsewhere(HolderId holder, long now) {
        int sum = 0;
        for (var other : holders.entrySet()) {
            if (!other.getKey().equals(holder)) {
                for (var lot : other.getValue().lots.values()) {
                    sum += lot.countedAt(now);
                }
            }
        }
        return sum;
    }

    private int countedElsewhere(Pool pool, HolderId holder, long now) {
        int sum = 0;
        for (var other : holders.entrySet()) {
            var lot = other.getValue().lots.get(pool);
            if (lot != null && !other.getKey().equals(holder)) {
                sum += lot.countedAt(now);
            }
        }
        return sum;
    }

    /**
     * What of the pool is this holder's, by what those have use for that were heard of within a lease. Where it is enough for all, each gets
     * what it demands and the rest is divided equally. Where it is not, what presses comes before what was of use lately, so that a token
     * which nobody uses goes to whoever asks for it.
     */
    private int due(Pool pool, HolderId holder, LotRequest.Need need, long now) {
        var demands = new TreeMap<HolderId, Integer>();
        var pressing = new TreeMap<HolderId, Integer>();
        for (var other : holders.entrySet()) {
            var lot = other.getValue().lots.get(pool);
            if (lot != null && now - other.getValue().heardAt < terms.lease()) {
                demands.put(other.getKey(), lot.demand());
                pressing.put(other.getKey(), lot.pressing());
            }
        }
        demands.put(holder, need.demand());
        pressing.put(holder, need.pressing());
        int limit = limits.of(pool);
        int left = limit - sum(demands);
        if (left >= 0) {
            int index = demands.headMap(holder).size();
            return need.demand() + left / demands.size() + (index < left % demands.size() ? 1 : 0);
        }
        int rest = limit - sum(pressing);
        if (rest <= 0) {
            return part(holder, pressing, limit, now);
        }
        demands.replaceAll((other, demand) -> demand - pressing.getOrDefault(other, 0));
        return need.pressing() + part(holder, demands, rest, now);
    }

    private static int sum(Map<HolderId, Integer> numbers) {
        return numbers.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Of what is not enough for all: nobody gets more than another who wants more.
     *
     * @param wants of all holders, in their order
     */
    private int part(HolderId holder, Map<HolderId, Integer> wants, int all, long now) {
        int level = level(wants.values(), all);
        int want = wants.getOrDefault(holder, 0);
        if (want <= level) {
            return want;
        }
        // Whose turn it is to have an odd token changes with each lease: where there are more holders than tokens, some
        // would never have one.
        int odd = all - atMost(level, wants.values());
        var waiting = wants.entrySet().stream()
                .filter(other -> other.getValue() > level)
                .map(Map.Entry::getKey)
                .toList();
        long turn = Math.floorDiv(now, terms.lease());
        return level + (Math.floorMod(waiting.indexOf(holder) - turn, (long) waiting.size()) < odd ? 1 : 0);
    }

    /** The highest number of tokens that could be given to each who demands as many, out of that many in all. */
    private static int level(Collection<Integer> demands, int all) {
        int low = 0;
        int high = all;
        while (low < high) {
            int middle = low + (high - low + 1) / 2;
            if (atMost(middle, demands) <= all) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static int atMost(int level, Collection<Integer> demands) {
        return demands.stream().mapToInt(demand -> Math.min(demand, level)).sum();
    }

    /** Takes in a grant that is recorded: one just decided, or a predecessor's, at the time of this owner's clock. */
    public void apply(LotGrant grant, long now) {
        var known = holders.computeIfAbsent(grant.holder(), _ -> new Known());
        if (grant.sequence() <= known.answered) {
            return;
        }
        known.answered = grant.sequence();
        known.heardAt = now;
        known.lots.clear();
        grant.lots()
                .forEach((pool, lot) -> known.lots.put(
                        pool, new Lot(lot.counted(), lot.demand(), lot.pressing(), now + lot.countedFor())));
    }

    /** Forgets holders of which nothing is counted any more. @return those, whose records are of no use from now on */
    public List<HolderId> forget(long now) {
        var gone = holders.entrySet().stream()
                .filter(holder -> now - holder.getValue().heardAt >= terms.lease()
                        && holder.getValue().lots.values().stream().allMatch(lot -> lot.countedAt(now) == 0))
                .map(Map.Entry::getKey)
                .toList();
        gone.forEach(holders::remove);
        return gone;
    }
}
