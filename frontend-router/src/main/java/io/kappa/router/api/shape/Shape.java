package io.kappa.router.api.shape;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a member of a request may hold, as the service model of Lambda says it. */
public sealed interface Shape {

    /** @param choices the values of an enumeration; empty where any text will do */
    record Text(int minimum, int maximum, @Nullable Pattern pattern, List<String> choices) implements Shape {
        public Text matching(String regex) {
            return new Text(minimum, maximum, Pattern.compile(regex), choices);
        }
    }

    record Whole(long minimum, long maximum) implements Shape {}

    /** A number with a fraction or without. */
    record Real(double minimum, double maximum) implements Shape {}

    record Flag() implements Shape {}

    /** Base64 in JSON, bytes here. */
    record Bytes() implements Shape {}

    /** A point in time: seconds since 1970, with a fraction or without. */
    record Moment() implements Shape {}

    /** @param member texts or structures */
    record Listing(Shape member, int minimum, int maximum) implements Shape {}

    /** @param value texts or real numbers */
    record Mapping(Text key, Shape value) implements Shape {}

    record Structure(List<Member> members) implements Shape {}

    /** Present, but of no interest: a structure that Kappa refuses or ignores whatever it holds. */
    record Anything() implements Shape {}

    /** @param required whether its absence is refused before any rule of the service */
    record Member(String name, Shape shape, boolean required) {}

    static Text text() {
        return text(0, Integer.MAX_VALUE);
    }

    static Text text(int minimum, int maximum) {
        return new Text(minimum, maximum, null, List.of());
    }

    static Text choice(String... values) {
        return new Text(0, Integer.MAX_VALUE, null, List.of(values));
    }

    static Whole whole(long minimum, long maximum) {
        return new Whole(minimum, maximum);
    }

    static Listing listing(Shape member, int minimum, int maximum) {
        return new Listing(member, minimum, maximum);
    }

    static Structure structure(Member... members) {
        return new Structure(List.of(members));
    }

    static Member member(String name, Shape shape) {
        return new Member(name, shape, false);
    }

    static Member required(String name, Shape shape) {
        return new Member(name, shape, true);
    }
}
