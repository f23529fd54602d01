package io.kappa.mapper.event;

/** Name of a source, and what it tells. Prints as the ARN. */
record SourceArn(String text, String region, String account) {

    static SourceArn of(String arn) {
        var parts = arn.split(":", 6); // arn:aws:SERVICE:REGION:ACCOUNT:NAME
        return new SourceArn(arn, parts[3], parts[4]);
    }

    @Override
    public String toString() {
        return text;
    }
}
