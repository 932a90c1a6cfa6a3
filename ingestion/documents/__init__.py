"""What is known of a text: its pages, headings and references, whatever file it was read from."""
