"""The sample factory: pictures, words, demand and planted cases of the fictional 工房精機 (Kobo Seiki), all generated."""
