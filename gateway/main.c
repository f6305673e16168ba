/* gateway/main.c: the daemon's entry. */
int main(void)
{
	return 0;
}
