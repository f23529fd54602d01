package io.kappa.router.api.shape;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The members of a request, or of one structure in it, of the types that their shapes ask for. A member that is absent, or null in JSON,
 * reads as null.
 */
public final class Input {
    private final Map<String, Object> values = new HashMap<>();

    void put(String name, Object value) {
        values.put(name, value);
    }

    @Nullable
    Object value(String name) {
        return values.get(name);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public @Nullable String text(String name) {
        return (String) values.get(name);
    }

    public String textOr(String name, String otherwise) {
        var value = text(name);
        return value == null ? otherwise : value;
    }

    /** A text that the shape requires. */
    public String requiredText(String name) {
        return Objects.requireNonNull(text(name), name);
    }

    public @Nullable Integer whole(String name) {
        var value = (Long) values.get(name);
        return value == null ? null : Math.toIntExact(value);
    }

    public int wholeOr(String name, int otherwise) {
        var value = whole(name);
        return value == null ? otherwise : value;
    }

    /** A whole number that the shape requires, of any size. */
    public long longNumber(String name) {
        return (Long) Objects.requireNonNull(values.get(name), name);
    }

    /** A real number that the shape requires. */
    public double number(String name) {
        return (Double) Objects.requireNonNull(values.get(name), name);
    }

    /** False where it is absent. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    public byte @Nullable [] bytes(String name) {
        return (byte[]) values.get(name);
    }

    @SuppressWarnings("unchecked") // The reader made the list from a shape of texts.
    public @Nullable List<String> texts(String name) {
        return (List<String>) values.get(name);
    }

    @SuppressWarnings("unchecked") // The reader made the list from a shape of structures.
    public @Nullable List<Input> structures(String name) {
        return (List<Input>) values.get(name);
    }

    public @Nullable Instant moment(String name) {
        return (Instant) values.get(name);
    }

    @SuppressWarnings("unchecked") // The reader made the map from a shape of texts.
    public @Nullable Map<String, String> mapping(String name) {
        return (Map<String, String>) values.get(name);
    }

    @SuppressWarnings("unchecked") // The reader made the map from a shape of real numbers.
    public @Nullable Map<String, Double> numbers(String name) {
        return (Map<String, Double>) values.get(name);
    }

    public @Nullable Input structure(String name) {
        return (Input) values.get(name);
    }

    /** Null where it is absent. */
    public @Nullable Boolean flagOrNull(String name) {
        return (Boolean) values.get(name);
    }

    /** Whether a list, a map or a structure is there and holds anything. */
    public boolean holdsAnything(String name) {
        return switch (values.get(name)) {
            case null -> false;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Input input -> !input.values.isEmpty();
            case String text -> !text.isEmpty();
            default -> true;
        };
    }
}
