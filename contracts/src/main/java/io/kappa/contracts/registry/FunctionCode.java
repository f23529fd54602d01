package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a function runs. Its kind is what the API calls {@code PackageType}, and stays the same for a function's whole life. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION) // Records of before there were images name no kind.
@JsonSubTypes({@JsonSubTypes.Type(CodePackage.class), @JsonSubTypes.Type(ContainerImage.class)})
public sealed interface FunctionCode permits CodePackage, ContainerImage {

    /** Lower-case hex of a SHA-256 that stands for all of it; names it in caches. */
    String sha256();

    /** Bytes that the platform stores for it. */
    long size();

    /** {@link #sha256} as the API shows it. */
    @JsonIgnore
    String shownSha256();
}
