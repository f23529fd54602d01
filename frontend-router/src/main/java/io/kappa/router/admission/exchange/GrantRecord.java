package io.kappa.router.admission.exchange;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotGrant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link LotGrant} as it is written to {@code admission.grants}, under its holder. */
record GrantRecord(
        @JsonProperty("v") int formatVersion,
        String router,
        String incarnation,
        long sequence,
        long lease,
        List<Lot> lots) {
    private static final RecordCodec<GrantRecord> CODEC = RecordCodec.of(GrantRecord.class);

    /** @param pressing earlier versions did not tell it apart from the demand */
    record Lot(
            PoolName pool,
            int tokens,
            int due,
            int limit,
            int counted,
            int demand,
            @Nullable Integer pressing,
            long longestRun,
            long countedFor) {
        LotGrant.Lot lot() {
            return new LotGrant.Lot(
                    tokens, due, limit, counted, demand, pressing == null ? demand : pressing, longestRun, countedFor);
        }
    }

    static String key(HolderId holder) {
        return holder.router() + "/" + holder.incarnation();
    }

    static byte[] encode(LotGrant grant) {
        var lots = grant.lots().entrySet().stream()
                .map(entry -> {
                    var lot = entry.getValue();
                    return new Lot(
                            PoolName.of(entry.getKey()),
                            lot.tokens(),
                            lot.due(),
                            lot.limit(),
                            lot.counted(),
                            lot.demand(),
                            lot.pressing(),
                            lot.longestRun(),
                            lot.countedFor());
                })
                .toList();
        var holder = grant.holder();
        return CODEC.encode(
                new GrantRecord(1, holder.router(), holder.incarnation(), grant.sequence(), grant.lease(), lots));
    }

    /** @throws java.io.UncheckedIOException where the bytes are not such a record */
    static LotGrant decode(byte[] bytes) {
        var record = CODEC.decode(bytes);
        return new LotGrant(
                new HolderId(record.router(), record.incarnation()),
                record.sequence(),
                record.lease(),
                record.lots().stream()
                        .collect(Collectors.toMap(lot -> lot.pool().pool(), Lot::lot)));
    }
}
