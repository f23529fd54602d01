package io.kappa.kit.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Typed reading of key and value pairs. Problems are gathered while parts read what they need, and thrown together by {@link #check()},
 * which also finds keys that nobody read. Remembers what was read, with defaults, for the log and the documentation.
 */
public final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");

    /** Keys of libraries whose values must not be shown. */
    private static final Pattern SECRET = Pattern.compile("password|jaas|secret|token|credential|keystore\\.key");

    /** What variables of the environment that are settings begin with. */
    private static final String VARIABLES = "KAPPA_";

    /** Variables for the command line and for the JVM of {@code ./kappa}, which may be in the same environment. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("KAPPA_ENDPOINT", "KAPPA_MANAGEMENT_URL", "KAPPA_JAVA_OPTIONS");

    private final Map<String, String> given;
    private final Map<String, String> variables;
    private final Set<String> variablesRead = new HashSet<>();
    private final Map<String, String> effective = new TreeMap<>();
    private final Set<String> problems = new LinkedHashSet<>();

    public Settings(Map<String, String> given) {
        this(given, Map.of(), Map.of());
    }

    /**
     * Settings from several places.
     *
     * @param given counts before all else
     * @param environment counts next: {@code KAPPA_ROUTER_CODE_LINK_SECRET} is {@code router.code.link-secret}; other variables have nothing to
     *     do with settings
     * @param otherwise counts for what the others do not say
     */
    public Settings(Map<String, String> given, Map<String, String> environment, Map<String, String> otherwise) {
        this.variables = environment.entrySet().stream()
                .filter(variable ->
                        variable.getKey().startsWith(VARIABLES) && !OTHER_VARIABLES.contains(variable.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        var all = new HashMap<>(otherwise);
        // Where a file says something else than a variable, the variable is read in its stead.
        all.keySet().removeIf(key -> variables.containsKey(variable(key)));
        all.putAll(given);
        this.given = Map.copyOf(all);
    }

    public String text(String key, String otherwise) {
        return read(key, otherwise, "a text", Function.identity());
    }

    public Optional<String> text(String key) {
        var value = read(key, "", "a text", Function.identity());
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    /** A text of a certain form, if any is given. */
    public Optional<String> text(String key, Pattern form, String expected) {
        return read(key, "", expected, text -> {
            if (!text.isEmpty() && !form.matcher(text).matches()) {
                throw new IllegalArgumentException(text);
            }
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        });
    }

    /** Read as text, never shown. */
    public Optional<Secret> secret(String key) {
        var value = find(key).map(Secret::new);
        effective.put(key, value.map(Secret::toString).orElse(""));
        return value;
    }

    public int integer(String key, int otherwise) {
        return read(key, Integer.toString(otherwise), "a whole number", Integer::parseInt);
    }

    /** A whole number between two others, both allowed. */
    public int integer(String key, int otherwise, int least, int most) {
        return read(key, Integer.toString(otherwise), "a whole number from " + least + " to " + most, text -> {
            int number = Integer.parseInt(text);
            if (number < least || number > most) {
                throw new IllegalArgumentException(text);
            }
            return number;
        });
    }

    /** A number that is not negative, kept as it was written. */
    public BigDecimal decimal(String key, String otherwise) {
        return read(key, otherwise, "a number from 0", text -> {
            var number = new BigDecimal(text);
            if (number.signum() < 0) {
                throw new IllegalArgumentException(text);
            }
            return number;
        });
    }

    /** A port to listen on or to reach; 0 where the operating system is to choose one. */
    public int port(String key, int otherwise) {
        return integer(key, otherwise, 0, 65535);
    }

    public boolean flag(String key, boolean otherwise) {
        return read(key, Boolean.toString(otherwise), "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    /** Written as a number and its unit: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d}. */
    public Duration duration(String key, Duration otherwise) {
        return read(key, text(otherwise), "a duration such as 250ms, 10s, 5m or 1h", Settings::parseDuration);
    }

    /** Several durations, with commas between them: {@code 60s,120s}. Empty where nothing stands there. */
    public List<Duration> durations(String key, List<Duration> otherwise) {
        var written = otherwise.stream().map(Settings::text).collect(Collectors.joining(","));
        return read(
                key,
                written,
                "durations such as 60s,120s",
                text -> text.isEmpty()
                        ? List.<Duration>of()
                        : Arrays.stream(text.split(","))
                                .map(part -> parseDuration(part.strip()))
                                .toList());
    }

    /** One or several addresses of HTTP servers, with commas between them. A slash at the end of one is left out. */
    public List<URI> urls(String key, String otherwise) {
        return read(
                key,
                otherwise,
                "urls such as http://one:9000,http://two:9000",
                text -> Arrays.stream(text.split(",", -1))
                        .map(part -> parseUrl(part.strip()))
                        .toList());
    }

    public <E extends Enum<E>> E choice(String key, E otherwise) {
        Class<E> type = otherwise.getDeclaringClass();
        var choices = Arrays.stream(type.getEnumConstants()).map(Settings::text).toList();
        return read(key, text(otherwise), "one of " + String.join(", ", choices), text -> {
            int index = choices.indexOf(text);
            if (index < 0) {
                throw new IllegalArgumentException(text);
            }
            return type.getEnumConstants()[index];
        });
    }

    /**
     * All given settings below a prefix, with the prefix cut off: how one part hands settings on to a library. Of variables, the rest of the
     * name is taken in small letters, with dots for underscores.
     */
    public Map<String, String> below(String prefix) {
        var found = new LinkedHashMap<String, String>();
        given.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
                effective.put(key, shown(key, value));
            }
        });
        variables.forEach((name, value) -> {
            if (name.startsWith(variable(prefix))) {
                variablesRead.add(name);
                var rest = name.substring(variable(prefix).length()).toLowerCase(Locale.ROOT);
                var key = rest.replace('_', '.');
                if (found.putIfAbsent(key, value) == null) {
                    effective.put(prefix + key, shown(prefix + key, value));
                }
            }
        });
        return found;
    }

    private static String shown(String key, String value) {
        return SECRET.matcher(key).find() ? "***" : value;
    }

    /**
     * Names for which settings are given below a prefix, each followed by a dot and a last word. Reads none of these settings: that is left to
     * whoever knows the words. Variables are not looked at: where in them a name ends cannot be told.
     */
    public Set<String> namesBelow(String prefix) {
        return given.keySet().stream()
                .filter(key -> key.startsWith(prefix) && key.lastIndexOf('.') > prefix.length())
                .map(key -> key.substring(prefix.length(), key.lastIndexOf('.')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Ends the reading.
     *
     * @throws SettingsException with every value that could not be read and every key that nobody asked for
     */
    public void check() {
        var found = new ArrayList<>(problems);
        for (var key : given.keySet().stream().sorted().toList()) {
            if (!effective.containsKey(key)) {
                found.add("unknown setting '" + key + "'"
                        + nearest(key)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse(""));
            }
        }
        for (var name : variables.keySet().stream().sorted().toList()) {
            if (!variablesRead.contains(name)) {
                found.add("unknown setting in variable " + name
                        + effective.keySet().stream()
                                .map(Settings::variable)
                                .filter(known -> near(known, name))
                                .min(Comparator.comparingInt(known -> distance(known, name)))
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
        }
        if (!found.isEmpty()) {
            throw new SettingsException(found);
        }
    }

    /** Every setting read so far, by key, with the value in force. Secrets show as {@code ***}. */
    public Map<String, String> effective() {
        return new TreeMap<>(effective);
    }

    private <T> T read(String key, String otherwise, String expected, Function<String, T> parse) {
        var text = find(key).orElse(otherwise);
        effective.put(key, text);
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add("setting '" + key + "' is '" + text + "', which is not " + expected);
            return parse.apply(otherwise);
        }
    }

    private Optional<String> find(String key) {
        var name = variable(key);
        var variable = Optional.ofNullable(variables.get(name));
        variable.ifPresent(_ -> variablesRead.add(name));
        return Optional.ofNullable(given.get(key)).or(() -> variable);
    }

    private static String variable(String key) {
        return VARIABLES + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static URI parseUrl(String text) {
        var url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException(text);
        }
        return url;
    }

    private static Duration parseDuration(String text) {
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        return seconds % 3600 == 0 && seconds > 0
                ? seconds / 3600 + "h"
                : seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static String text(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Optional<String> nearest(String key) {
        return effective.keySet().stream()
                .filter(known -> near(known, key))
                .min(Comparator.comparingInt(known -> distance(known, key)));
    }

    private static boolean near(String known, String given) {
        return distance(known, given) <= Math.max(2, given.length() / 5);
    }

    /** Levenshtein's: how many letters to change, add or remove. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(
                        Math.min(row[j] + 1, row[j - 1] + 1), diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
