# frozen_string_literal: true

module Kappa
  # An exception as it is reported to the platform and printed.
  class Failure
    OWN_FILES = File.expand_path('..', __dir__)

    # @param kind where it came up: Function or Init
    def initialize(error, kind)
      @error = error
      @payload = { errorMessage: text(error.message), errorType: "#{kind}<#{error.class}>", stackTrace: trace(error) }
    end

    def to_json(*)
      @payload.to_json
    end

    def print(title)
      if Logs.json?
        Logs.print_json('ERROR', title, @payload)
      else
        puts title, JSON.pretty_generate(@payload)
      end
    end

    # The error's class as the platform's own records accept it.
    def category
      name = @error.class.name.to_s
      "Function.#{name.match?(/\A[A-Z][A-Za-z]+\z/) ? name : 'Unknown'}"
    end

    private

    # The function's own part of the backtrace.
    def trace(error)
      lines = (error.backtrace || []).map { |line| text(line) }
      lines.take_while { |line| !line.start_with?(OWN_FILES) }.first(100)
    end

    def text(value)
      value.to_s.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
  end
end
