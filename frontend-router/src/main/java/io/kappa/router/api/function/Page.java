package io.kappa.router.api.function;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive versions of a longer list, ordered by name and then by version. The marker says where the page ended rather than how
 * many came before it, so what is made or deleted in between shifts nothing.
 *
 * @param nextMarker null on the last page
 */
record Page(List<VersionRecord> versions, @Nullable String nextMarker) {
    /** As many as Lambda returns, whatever {@code MaxItems} asks for. */
    private static final int MOST = 50;

    private record Position(String name, Version version) implements Comparable<Position> {
        private static final Comparator<Position> ORDER =
                Comparator.comparing(Position::name).thenComparing(Position::version);

        static Position of(VersionRecord version) {
            return new Position(
                    version.version().function().name().value(),
                    version.version().version());
        }

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }
    }

    /** @param all in order */
    static Page of(Stream<VersionRecord> all, @Nullable String marker, @Nullable Integer maxItems) {
        int most = maxItems == null ? MOST : Math.min(maxItems, MOST);
        var from = marker == null || marker.isEmpty() ? null : position(marker);
        var found = all.filter(version -> from == null || Position.of(version).compareTo(from) > 0)
                .limit(most + 1L)
                .toList();
        return found.size() <= most
                ? new Page(found, null)
                : new Page(found.subList(0, most), marker(Position.of(found.get(most - 1))));
    }

    private static String marker(Position last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.name() + ":" + last.version()).getBytes(StandardCharsets.UTF_8));
    }

    private static Position position(String marker) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return new Position(text.substring(0, colon), Version.parse(text.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "Invalid marker: " + marker);
        }
    }
}
