"""What other programs may ask for: tools and resources, each answered as the pages answer."""
