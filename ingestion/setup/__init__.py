"""What this machine needs before anything is installed, and the installation itself."""
