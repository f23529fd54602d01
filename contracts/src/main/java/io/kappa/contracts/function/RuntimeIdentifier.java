package io.kappa.contracts.function;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every runtime identifier that Lambda's API knows, in the order of its service model, and whether functions may still be created with it. */
public enum RuntimeIdentifier {
    NODEJS("nodejs", RuntimeFamily.NODEJS, false),
    NODEJS4_3("nodejs4.3", RuntimeFamily.NODEJS, false),
    NODEJS6_10("nodejs6.10", RuntimeFamily.NODEJS, false),
    NODEJS8_10("nodejs8.10", RuntimeFamily.NODEJS, false),
    NODEJS10_X("nodejs10.x", RuntimeFamily.NODEJS, false),
    NODEJS12_X("nodejs12.x", RuntimeFamily.NODEJS, false),
    NODEJS14_X("nodejs14.x", RuntimeFamily.NODEJS, false),
    NODEJS16_X("nodejs16.x", RuntimeFamily.NODEJS, false),
    JAVA8("java8", RuntimeFamily.JAVA, false),
    JAVA8_AL2("java8.al2", RuntimeFamily.JAVA, true),
    JAVA11("java11", RuntimeFamily.JAVA, true),
    PYTHON2_7("python2.7", RuntimeFamily.PYTHON, false),
    PYTHON3_6("python3.6", RuntimeFamily.PYTHON, false),
    PYTHON3_7("python3.7", RuntimeFamily.PYTHON, false),
    PYTHON3_8("python3.8", RuntimeFamily.PYTHON, false),
    PYTHON3_9("python3.9", RuntimeFamily.PYTHON, true),
    DOTNETCORE1_0("dotnetcore1.0", RuntimeFamily.DOTNET, false),
    DOTNETCORE2_0("dotnetcore2.0", RuntimeFamily.DOTNET, false),
    DOTNETCORE2_1("dotnetcore2.1", RuntimeFamily.DOTNET, false),
    DOTNETCORE3_1("dotnetcore3.1", RuntimeFamily.DOTNET, false),
    DOTNET6("dotnet6", RuntimeFamily.DOTNET, false),
    DOTNET8("dotnet8", RuntimeFamily.DOTNET, true),
    NODEJS4_3_EDGE("nodejs4.3-edge", RuntimeFamily.NODEJS, false),
    GO1_X("go1.x", RuntimeFamily.GO, false),
    RUBY2_5("ruby2.5", RuntimeFamily.RUBY, false),
    RUBY2_7("ruby2.7", RuntimeFamily.RUBY, false),
    PROVIDED("provided", RuntimeFamily.PROVIDED, false),
    PROVIDED_AL2("provided.al2", RuntimeFamily.PROVIDED, true),
    NODEJS18_X("nodejs18.x", RuntimeFamily.NODEJS, true),
    PYTHON3_10("python3.10", RuntimeFamily.PYTHON, true),
    JAVA17("java17", RuntimeFamily.JAVA, true),
    RUBY3_2("ruby3.2", RuntimeFamily.RUBY, true),
    RUBY3_3("ruby3.3", RuntimeFamily.RUBY, true),
    RUBY3_4("ruby3.4", RuntimeFamily.RUBY, true),
    PYTHON3_11("python3.11", RuntimeFamily.PYTHON, true),
    NODEJS20_X("nodejs20.x", RuntimeFamily.NODEJS, true),
    PROVIDED_AL2023("provided.al2023", RuntimeFamily.PROVIDED, true),
    PYTHON3_12("python3.12", RuntimeFamily.PYTHON, true),
    JAVA21("java21", RuntimeFamily.JAVA, true),
    PYTHON3_13("python3.13", RuntimeFamily.PYTHON, true),
    NODEJS22_X("nodejs22.x", RuntimeFamily.NODEJS, true),
    NODEJS24_X("nodejs24.x", RuntimeFamily.NODEJS, true),
    PYTHON3_14("python3.14", RuntimeFamily.PYTHON, true),
    JAVA25("java25", RuntimeFamily.JAVA, true),
    DOTNET10("dotnet10", RuntimeFamily.DOTNET, true),
    RUBY4_0("ruby4.0", RuntimeFamily.RUBY, true);

    private static final java.util.Map<String, RuntimeIdentifier> BY_WIRE_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(RuntimeIdentifier::wireName, Function.identity()));

    private final String wireName;
    private final RuntimeFamily family;
    private final boolean supported;

    RuntimeIdentifier(String wireName, RuntimeFamily family, boolean supported) {
        this.wireName = wireName;
        this.family = family;
        this.supported = supported;
    }

    public static Optional<RuntimeIdentifier> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }

    /** As the API writes it, such as {@code python3.13}. */
    public String wireName() {
        return wireName;
    }

    public RuntimeFamily family() {
        return family;
    }

    /** Whether functions may be created with it or updated to it; false for those that Lambda has deprecated. */
    public boolean supported() {
        return supported;
    }
}
