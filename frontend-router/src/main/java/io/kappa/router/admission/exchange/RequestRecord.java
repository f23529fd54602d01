package io.kappa.router.admission.exchange;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotRequest;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link LotRequest} as it is written to {@code admission.requests}, under the account. */
record RequestRecord(
        @JsonProperty("v") int formatVersion,
        String router,
        String incarnation,
        long sequence,
        long accepted,
        List<Need> needs) {
    private static final RecordCodec<RequestRecord> CODEC = RecordCodec.of(RequestRecord.class);

    /** @param pressing earlier versions did not tell it apart from the demand */
    record Need(
            PoolName pool, int held, int demand, @Nullable Integer pressing, long longestRun) {
        LotRequest.Need need() {
            return new LotRequest.Need(held, demand, pressing == null ? demand : pressing, longestRun);
        }
    }

    static byte[] encode(LotRequest request) {
        var needs = request.needs().entrySet().stream()
                .map(need -> new Need(
                        PoolName.of(need.getKey()),
                        need.getValue().held(),
                        need.getValue().demand(),
                        need.getValue().pressing(),
                        need.getValue().longestRun()))
                .toList();
        var holder = request.holder();
        return CODEC.encode(new RequestRecord(
                1, holder.router(), holder.incarnation(), request.sequence(), request.accepted(), needs));
    }

    /** @throws java.io.UncheckedIOException where the bytes are not such a record */
    static LotRequest decode(byte[] bytes) {
        var record = CODEC.decode(bytes);
        return new LotRequest(
                new HolderId(record.router(), record.incarnation()),
                record.sequence(),
                record.accepted(),
                record.needs().stream()
                        .collect(Collectors.toMap(need -> need.pool().pool(), Need::need)));
    }
}
