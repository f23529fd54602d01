package io.kappa.router.logs.api;

import io.kappa.router.logs.reading.Position;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tokens that say where an answer ended. They hold all that is needed to go on, so that any router may be asked next, and name places
 * rather than numbers of things, so that what is added or goes meanwhile shifts nothing.
 */
final class LogTokens {
    private static final String NAME = "name:";
    private static final String PLACES = "places:";

    /** Of digits: of an offset, and of a line in it. 56 in all, as CloudWatch Logs has them. */
    private static final int OFFSET = 36;

    private static final Pattern EVENT = Pattern.compile("[fb]/(\\d{" + OFFSET + "})(\\d{20})");
    private static final Pattern PLACE = Pattern.compile("(\\d{1,9})=(\\d{1,18})\\.(\\d{1,9})");

    /** After something by a text that rises along the list. */
    static String after(String last) {
        return encode(NAME + last);
    }

    static String parseAfter(String token) {
        return decode(token, NAME);
    }

    static String after(Map<Integer, Position> places) {
        return encode(new TreeMap<>(places)
                .entrySet().stream()
                        .map(place -> place.getKey() + "=" + place.getValue().offset() + "."
                                + place.getValue().line())
                        .collect(Collectors.joining(",", PLACES, "")));
    }

    static Map<Integer, Position> parsePlaces(String token) {
        var places = new TreeMap<Integer, Position>();
        for (var text : decode(token, PLACES).split(",")) {
            var place = PLACE.matcher(text);
            if (!place.matches()) {
                throw invalid();
            }
            places.put(
                    Integer.valueOf(place.group(1)),
                    new Position(Long.parseLong(place.group(2)), Integer.parseInt(place.group(3))));
        }
        return places;
    }

    static String forward(Position position) {
        return "f/" + digits(position);
    }

    static String backward(Position position) {
        return "b/" + digits(position);
    }

    static boolean isForward(String token) {
        return token.startsWith("f/");
    }

    /** Of a token of either direction. */
    static Position parsePosition(String token) {
        var event = EVENT.matcher(token);
        if (!event.matches()) {
            throw invalid();
        }
        try {
            return new Position(Long.parseLong(event.group(1)), Integer.parseInt(event.group(2)));
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    private static String digits(Position position) {
        return ("%0" + OFFSET + "d%020d").formatted(position.offset(), position.line());
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token, String mark) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(mark)) {
                return text.substring(mark.length());
            }
        } catch (IllegalArgumentException e) {
            // As any other text that is no token.
        }
        throw invalid();
    }

    private static LambdaApiException invalid() {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "The specified nextToken is invalid.");
    }

    private LogTokens() {}
}
